using QuantGen.Kernels;
using QuantGen.Quantization;

namespace QuantGen.Trainable;

/// <summary>A place where activations are quantized, with a range for each use.</summary>
public sealed class TrainableSite
{
    // Q8BERT's running average.
    private const float Decay = 0.9999f;

    private readonly int _bits;
    private readonly bool _isSigned;
    private readonly SiteKind _kind;
    private readonly TrainableOptions _options;
    private readonly float[][] _centered;
    private readonly float[][] _scales;

    internal TrainableSite(string name, int columns, int uses, int bits, SiteKind kind, bool isSigned, Parameter? range, TrainableOptions options)
    {
        Name = name;
        Columns = columns;
        Range = range;
        _bits = bits;
        _kind = kind;
        _isSigned = isSigned;
        _options = options;
        _centered = new float[uses][];
        _scales = new float[uses][];
        Array.Fill(_centered, []);
        Array.Fill(_scales, []);
    }

    /// <summary>Gets the canonical name.</summary>
    public string Name { get; }

    /// <summary>Gets the width of the activations.</summary>
    public int Columns { get; }

    /// <summary>Gets the threshold or running range of every use; null when each token has its own.</summary>
    public Parameter? Range { get; }

    private int Levels => LsqQuantizer.Levels(_bits, _isSigned);

    /// <summary>Quantizes some rows; in a pass that calibrates it finds their range instead.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="values">The activations, row after row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="use">Which use.</param>
    /// <returns>What linear layers read.</returns>
    public LinearInput Quantize(TrainingPass pass, float[] values, int rows, int use)
    {
        ArgumentNullException.ThrowIfNull(pass);
        Observe(pass, values, (long)rows * Columns, use);
        if (!pass.IsQuantized)
        {
            return new LinearInput(values);
        }

        float[] centered = FloatBuffers.Reserve(ref _centered[use], (long)rows * Columns);
        float[] scales = FloatBuffers.Reserve(ref _scales[use], rows);
        ActivationParameters range = _kind == SiteKind.PerToken ? default : RangeOf(use);
        pass.Team.RunOnLanes(new QuantizeJob(this, values, rows, range, centered, scales), TrainingPass.Items(rows, TrainingPass.TokensPerItem));
        return Input(use);
    }

    /// <summary>Gets what <see cref="Quantize"/> returned last for a use.</summary>
    /// <param name="use">Which use.</param>
    public LinearInput Input(int use) => new(_centered[use], _scales[use]);

    /// <summary>Turns gradients of quantized values into those of the activations, and adds that of the threshold, where it is learned.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="values">The activations.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="use">Which use.</param>
    /// <param name="gradient">The gradients.</param>
    public void Backward(TrainingPass pass, float[] values, int rows, int use, float[] gradient)
    {
        ArgumentNullException.ThrowIfNull(pass);
        if (_kind != SiteKind.Learned)
        {
            return;
        }

        pass.Partial.Reserve(rows);
        var job = new ThresholdJob(this, values, _centered[use], rows, Threshold(use), gradient, pass.Partial);
        pass.Team.Run(job, TrainingPass.Items(rows, TrainingPass.TokensPerItem));
        double sum = 0;
        foreach (float part in pass.Partial.Span(rows))
        {
            sum += part;
        }

        AddThresholdGradient(use, sum, (long)rows * Columns);
    }

    /// <summary>Sets or moves the range by what a pass saw.</summary>
    internal void Observe(TrainingPass pass, float[] values, long count, int use)
    {
        if (_kind == SiteKind.PerToken || pass.Purpose == ForwardPurpose.Evaluate)
        {
            return;
        }

        if (pass.Purpose == ForwardPurpose.Calibrate && _kind == SiteKind.Learned)
        {
            ReadOnlySpan<float> all = values.AsSpan(0, checked((int)count));
            Range!.Values[use] = MathF.Max(Thresholds.Initial(_options.ScaleInitialization, all, Levels, Thresholds.ActivationExperience), LsqQuantizer.SmallestAlpha);
        }
        else if (_kind == SiteKind.Running)
        {
            Follow(pass, Extremes.LargestMagnitude(pass, values, count), use);
        }
    }

    /// <summary>Sets or moves a running range by the largest magnitude of a pass.</summary>
    internal void Follow(TrainingPass pass, float largest, int use)
    {
        ref float range = ref Range!.Values[use];
        bool isFirst = pass.Purpose == ForwardPurpose.Calibrate || range == 0f;
        range = isFirst ? MathF.Max(largest, LsqQuantizer.SmallestAlpha) : range - ((1f - Decay) * (range - largest));
    }

    /// <summary>Gets how attention quantizes with this site.</summary>
    internal TrainedOperand Operand(int use) => new(RangeOf(use), Threshold(use), _kind == SiteKind.Learned);

    /// <summary>Gets whether the range has been set.</summary>
    internal bool HasRange(int use) => Range is null || Range.Values[use] > 0f;

    /// <summary>Gets whether the range follows the largest magnitude.</summary>
    internal bool IsRunning => _kind == SiteKind.Running;

    internal void AddThresholdGradient(int use, double sum, long elements)
    {
        if (_kind == SiteKind.Learned)
        {
            Range!.Gradients[use] += (float)(sum * Thresholds.GradientFactor(_options, elements, Levels));
        }
    }

    private LearnedThreshold Threshold(int use) => new(MathF.Max(Range!.Values[use], LsqQuantizer.SmallestAlpha), Levels, _isSigned);

    private ActivationParameters RangeOf(int use)
    {
        if (!HasRange(use))
        {
            throw new InvalidOperationException($"The range of '{Name}' is not set: a pass that calibrates comes first.");
        }

        return ActivationParameters.FromScale(LsqQuantizer.Scale(Range!.Values[use], Levels), _isSigned ? 1 << (_bits - 1) : 0, _bits);
    }

    private readonly struct QuantizeJob(TrainableSite site, float[] values, int rows, ActivationParameters range, float[] centered, float[] scales) : ILaneJob
    {
        public void Run<TLanes>(int item, int worker)
            where TLanes : struct, ILanes<TLanes>
        {
            int first = item * TrainingPass.TokensPerItem;
            int last = Math.Min(first + TrainingPass.TokensPerItem, rows);
            for (int row = first; row < last; row++)
            {
                ref float source = ref values.At((long)row * site.Columns);
                ActivationParameters own = site._kind == SiteKind.PerToken ? ActivationQuantizer.Measure<TLanes>(ref source, site.Columns, site._bits) : range;
                CenteredCodes.Quantize<TLanes>(ref source, site.Columns, own, 1f, ref centered.At((long)row * site.Columns));
                scales[row] = own.Scale;
            }
        }
    }

    private readonly struct ThresholdJob(
        TrainableSite site, float[] values, float[] centered, int rows, LearnedThreshold threshold, float[] gradient, AlignedFloats sums) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            int first = item * TrainingPass.TokensPerItem;
            int last = Math.Min(first + TrainingPass.TokensPerItem, rows);
            for (int row = first; row < last; row++)
            {
                long at = (long)row * site.Columns;
                sums.Span(rows)[row] = Thresholds.Gradient(ref values.At(at), ref centered.At(at), ref gradient.At(at), site.Columns, threshold, masks: true);
            }
        }
    }
}
