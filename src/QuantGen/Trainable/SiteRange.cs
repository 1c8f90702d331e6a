using QuantGen.Kernels;
using QuantGen.Quantization;
using QuantGen.Schemes;
using QuantGen.Specs;
using QuantGen.Trainable.Kernels;

namespace QuantGen.Trainable;

/// <summary>How a place quantizes activations: its range for each use, how that begins and moves, and the mapping to codes that it gives.</summary>
/// <param name="name">The canonical name of the place.</param>
/// <param name="uses">Uses in a pass.</param>
/// <param name="bits">Bits of a code.</param>
/// <param name="side">Where ranges come from.</param>
/// <param name="parameter">The threshold or running range of every use; null when each token has its own.</param>
/// <param name="options">How thresholds begin.</param>
/// <param name="zeroPoints">The code of 0 of every use, where a range was calibrated before; null for codes around zero, or from zero on.</param>
internal sealed class SiteRange(
    string name, int uses, int bits, ActivationSide side, Parameter? parameter, TrainableOptions options, IReadOnlyList<int>? zeroPoints = null)
{
    // Q8BERT's running average.
    private const float Decay = 0.9999f;

    // No probability is larger before dropout.
    private const float LargestProbability = 1f;

    // The largest magnitude of each use in the parts of a batch so far; 0 for nothing to move a range by.
    private readonly float[] _seen = new float[uses];

    public string Name => name;

    public int Uses => uses;

    public int Bits => bits;

    public ActivationSide Side => side;

    public Parameter? Parameter => parameter;

    /// <summary>Gets scales and shifts of codes of one bit; null for more bits.</summary>
    public ElasticRange? Elastic { get; init; }

    /// <summary>Gets whether a gradient finds the range, so that gradients change on their way back through the place.</summary>
    public bool IsLearned => ActivationSides.Of(side).IsLearned;

    /// <summary>Gets whether the range has a use for gradients.</summary>
    public bool Learns => IsLearned && (!parameter!.IsFrozen || Elastic is { Shift.IsFrozen: false });

    public bool IsSigned { get; } = options.SymmetricProbabilities || !ActivationSite.IsProbabilitiesName(name);

    private int Levels => LsqQuantizer.Levels(bits, IsSigned);

    /// <summary>Gets whether a pass sets a learned range, for which it needs all values.</summary>
    public bool TakesValues(ForwardPurpose purpose) => purpose == ForwardPurpose.Calibrate && IsLearned;

    /// <summary>Gets whether a pass sets or moves a running range, for which it needs the largest magnitude.</summary>
    public bool TakesLargest(ForwardPurpose purpose) => side == ActivationSide.Static
        && (purpose == ForwardPurpose.Calibrate || (purpose == ForwardPurpose.Train && !parameter!.IsFrozen));

    /// <summary>Sets a learned range from all values of a pass.</summary>
    public void Calibrate(ReadOnlySpan<float> values, int use)
    {
        if (Elastic is not null)
        {
            Elastic.Calibrate(values, use);
            return;
        }

        float first = Thresholds.Initial(options.ScaleInitialization, values, Levels, Thresholds.ActivationExperience);
        parameter!.Values[use] = MathF.Max(first, LsqQuantizer.SmallestAlpha);
    }

    /// <summary>
    /// Sets a running range by the largest magnitude of a pass, or takes note of it for <see cref="Move"/>: a batch is rounded by the ranges of those before
    /// it, so that one that is run in parts is rounded as a whole one.
    /// </summary>
    public void Follow(ForwardPurpose purpose, float largest, int use)
    {
        ref float range = ref parameter!.Values[use];
        if (purpose == ForwardPurpose.Calibrate || range == 0f)
        {
            range = MathF.Max(largest, LsqQuantizer.SmallestAlpha);
        }
        else
        {
            _seen[use] = MathF.Max(_seen[use], largest);
        }
    }

    /// <summary>Forgets what the parts of a batch showed.</summary>
    public void Begin() => Array.Clear(_seen);

    /// <summary>Moves running ranges by the largest magnitudes of a batch that is done.</summary>
    public void Move()
    {
        for (int use = 0; use < uses; use++)
        {
            if (_seen[use] > 0f)
            {
                ref float range = ref parameter!.Values[use];
                range -= (1f - Decay) * (range - _seen[use]);
            }
        }

        Begin();
    }

    /// <summary>Makes sure that probabilities have a range before they are known: it comes from the passes before.</summary>
    public void ExpectProbabilities(ForwardPurpose purpose, int use)
    {
        if (purpose == ForwardPurpose.Train && side == ActivationSide.Static && !parameter!.IsFrozen && !HasRange(use))
        {
            Follow(purpose, LargestProbability, use);
        }
    }

    /// <summary>Gets the mapping to codes.</summary>
    /// <exception cref="InvalidOperationException">No pass has set the range.</exception>
    public ActivationParameters Mapping(int use) => HasRange(use)
        ? ActivationParameters.FromScale(LsqQuantizer.Scale(parameter!.Values[use], Levels), ZeroPoint(use), bits)
        : throw new InvalidOperationException($"The range of '{name}' is not set: a pass that calibrates comes first.");

    /// <summary>Gets the threshold.</summary>
    public LearnedThreshold Threshold(int use)
    {
        var threshold = new LearnedThreshold(MathF.Max(parameter!.Values[use], LsqQuantizer.SmallestAlpha), Levels, IsSigned);
        ActivationParameters mapping = zeroPoints is null ? default : Mapping(use);
        return zeroPoints is null ? threshold : threshold with
        {
            Lowest = (float)(mapping.Lowest - mapping.ZeroPoint) / Levels,
            Highest = (float)(mapping.Highest - mapping.ZeroPoint) / Levels,
        };
    }

    /// <summary>Gets what the gradient of the threshold is multiplied by.</summary>
    public double GradientFactor(long elements) => Thresholds.GradientFactor(options, elements, Levels);

    private int ZeroPoint(int use) => zeroPoints?[use] ?? (IsSigned ? 1 << (bits - 1) : 0);

    private bool HasRange(int use) => parameter is null || parameter.Values[use] > 0f;
}
