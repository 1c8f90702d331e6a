using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Packing;

namespace QuantGen.Training.PostTraining;

/// <summary>
/// Ranges of all operations of a student that rounds everything (FullyQT): moving averages of the smallest and the largest value of each batch it learns
/// from. They are parameters that no optimizer changes, so that states keep them.
/// </summary>
public sealed class RunningRanges
{
    private const int Low = 0;
    private const int High = 1;
    private const int HasBegun = 2;

    private readonly ModelSpec _spec;
    private readonly ActivationSite[] _sites;
    private readonly Parameter[] _parameters;

    /// <summary>Makes the ranges, which begin with the first batch.</summary>
    /// <param name="spec">The student.</param>
    /// <exception cref="ArgumentException">It does not round everything.</exception>
    public RunningRanges(ModelSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        _spec = spec.IsRounded ? spec : throw new ArgumentException("The model has floats between its products.", nameof(spec));
        _sites = [.. spec.ActivationSites(), .. spec.AttentionSites(), .. spec.RoundingSites()];
        _parameters = Array.ConvertAll(_sites, site => new Parameter(site.Name + ".range", ParameterKind.RunningRange, HasBegun + 1) { IsTrained = false });
        Shown = FullPrecision.Of(spec);
    }

    /// <summary>Gets the ranges: the lower end, the upper end, and 1 once a batch was seen.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Gets the model in floats that shows the first batch: the student cannot run without ranges.</summary>
    public ModelSpec Shown { get; }

    /// <summary>Lets the ranges follow a batch.</summary>
    /// <param name="session">The student, or <see cref="Shown"/>.</param>
    /// <param name="batch">The batch.</param>
    public void Follow(InferenceSession session, TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(batch);
        var extremes = new Extremes(_sites.Length);
        session.Calibrate(batch.Ids, batch.Types, batch.Lengths(), extremes);
        for (int i = 0; i < _sites.Length; i++)
        {
            float[] range = _parameters[i].Values;
            (float low, float high) = extremes.Found[i];
            (float Low, float High) next = MovingRange.Next(
                range[HasBegun] == 0 ? null : (range[Low], range[High]), (_sites[i].IsNeverNegative ? 0f : low, high));
            (range[Low], range[High], range[HasBegun]) = (next.Low, next.High, 1f);
        }
    }

    /// <summary>Adds the ranges to the student's packed form.</summary>
    /// <param name="builder">The packed form.</param>
    public void AddTo(PackedModelBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var recipe = new Recipe { Scheme = Scheme.FullyQt };
        Dictionary<string, QuantizationParameters> ranges = _sites.Zip(_parameters).ToDictionary(
            pair => pair.First.Name,
            pair => new SiteMapping(_spec, pair.First, recipe).Of(new QuantizationRange(pair.Second.Values[Low], pair.Second.Values[High])),
            StringComparer.Ordinal);
        RoundedRanges.AddTo(builder, _spec, site => ranges[site]);
    }

    private sealed class Extremes(int sites) : IActivationObserver
    {
        public (float Low, float High)[] Found { get; } = [.. Enumerable.Repeat((float.PositiveInfinity, float.NegativeInfinity), sites)];

        public void Observe(int site, int use, ReadOnlySpan<float> values)
        {
            (float low, float high) = RangeEstimator.FiniteExtremes(values);
            (float Low, float High) before = Found[site];
            Found[site] = (MathF.Min(before.Low, low), MathF.Max(before.High, high));
        }
    }
}
