using QuantGen.Kernels;
using QuantGen.Lanes;
using QuantGen.Quantization;
using QuantGen.Schemes;
using QuantGen.Trainable.Kernels;

namespace QuantGen.Trainable;

/// <summary>A place where activations are quantized, with a range for each use.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TrainableSite
{
    private readonly SiteRange _range;
    private readonly float[][] _centered;
    private readonly float[][] _scales;
    private readonly LinearInput[] _inputs;
    private readonly ActivationParameters[] _mappings;
    private readonly ThresholdSum[] _thresholds;
    private readonly ThresholdSum[] _shifts;

    internal TrainableSite(SiteRange range, int columns)
    {
        _range = range;
        Columns = columns;
        _centered = new float[range.Uses][];
        _scales = new float[range.Uses][];
        _inputs = new LinearInput[range.Uses];
        _mappings = new ActivationParameters[range.Uses];
        _thresholds = new ThresholdSum[range.Uses];
        _shifts = new ThresholdSum[range.Uses];
        Array.Fill(_centered, []);
        Array.Fill(_scales, []);
    }

    /// <summary>Gets the canonical name.</summary>
    public string Name => _range.Name;

    /// <summary>Gets the width of the activations.</summary>
    public int Columns { get; }

    /// <summary>Gets the threshold or running range of every use; null when each token has its own.</summary>
    public Parameter? Range => _range.Parameter;

    /// <summary>Gets how many parameters a pass meets before the range.</summary>
    internal int Order { get; init; } = int.MaxValue;

    /// <summary>Gets the layer of the first use, or of the only one; -1 outside of layers.</summary>
    internal int Layer { get; init; } = -1;

    /// <summary>Gets the same place of the first layer, whose codes those of layers overwrite which share their activations with it; null where this is it.
    /// </summary>
    internal TrainableSite? Lender { get; init; }

    /// <summary>Gets whether the range is learned, so that gradients change on their way back through the place.</summary>
    internal bool IsLearned => _range.IsLearned;

    /// <summary>Gets whether the range has a use for gradients.</summary>
    internal bool Learns => _range.Learns;

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

        (float[] centered, float[] scales) = Reserve(pass, rows, use);
        _inputs[use] = new LinearInput(centered, scales);
        int items = TrainingPass.Items(rows, TrainingPass.TokensPerItem);
        if (_range.Elastic is not null)
        {
            pass.Team.RunOnLanes(new BinarizeJob(Columns, values, rows, _range.Elastic.Binarizer(use), centered, scales), items);
            return Input(use);
        }

        if (_range.Side != ActivationSide.PerToken && !pass.IsRepeated)
        {
            // Once more it is the same, though running ranges move behind a batch.
            _mappings[use] = _range.Mapping(use);
        }

        pass.Team.RunOnLanes(new QuantizeJob(this, values, rows, _mappings[use], centered, scales), items);
        return Input(use);
    }

    /// <summary>Gets what <see cref="Quantize"/> returned last for a use.</summary>
    /// <param name="use">Which use.</param>
    public LinearInput Input(int use) => _inputs[use];

    private (float[] Centered, float[] Scales) Reserve(TrainingPass pass, int rows, int use)
    {
        bool borrows = Layer >= 0 && pass.Shares(Layer + use);
        if (borrows)
        {
            (_centered[use], _scales[use]) = ([], []);
        }

        TrainableSite owner = borrows ? Lender ?? this : this;
        int place = borrows ? 0 : use;
        return (FloatBuffers.Reserve(ref owner._centered[place], (long)rows * Columns), FloatBuffers.Reserve(ref owner._scales[place], rows));
    }

    /// <summary>Turns gradients of quantized values into those of the activations, and adds those of the range, where it is learned.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="values">The activations.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="use">Which use.</param>
    /// <param name="gradient">The gradients.</param>
    public void Backward(TrainingPass pass, float[] values, int rows, int use, float[] gradient)
    {
        ArgumentNullException.ThrowIfNull(pass);
        if (!IsLearned)
        {
            return;
        }

        int items = TrainingPass.Items(rows, TrainingPass.TokensPerItem);
        pass.Partial.Reserve(2L * rows);
        if (_range.Elastic is not null)
        {
            var bits = new ElasticJob(Columns, values, _inputs[use].Values, rows, _range.Elastic.Binarizer(use), gradient, pass.Partial);
            pass.Team.RunOnLanes(bits, items);
            AddGradient<float>(pass, _range.Elastic.Shift, _shifts, pass.Partial.Span(2 * rows)[rows..], 1, use, (long)rows * Columns);
        }
        else
        {
            pass.Team.Run(new ThresholdJob(this, values, _inputs[use].Values, rows, _range.Threshold(use), gradient, pass.Partial), items);
        }

        AddThresholdGradient<float>(pass, pass.Partial.Span(rows), 1, use, (long)rows * Columns);
    }

    /// <summary>Sets or moves the range by what a pass saw.</summary>
    internal void Observe(TrainingPass pass, float[] values, long count, int use)
    {
        if (pass.IsRepeated)
        {
            return;
        }

        if (_range.TakesValues(pass.Purpose))
        {
            _range.Calibrate(values.AsSpan(0, checked((int)count)), use);
        }
        else if (_range.TakesLargest(pass.Purpose))
        {
            _range.Follow(pass.Purpose, Extremes.LargestMagnitude(pass, values, count), use);
        }
    }

    /// <summary>Gets whether a pass sets or moves the range.</summary>
    internal bool Observes(ForwardPurpose purpose) => _range.TakesValues(purpose) || _range.TakesLargest(purpose);

    /// <summary>Makes sure that probabilities have a range before they are known.</summary>
    internal void Expect(ForwardPurpose purpose, int use) => _range.ExpectProbabilities(purpose, use);

    /// <summary>Gets how attention quantizes with this site.</summary>
    internal TrainedOperand Operand(int use) => new(_range.Mapping(use), _range.Threshold(use), IsLearned);

    /// <summary>Adds what rows, or heads of sequences, found of a threshold's gradient; with the last part of a batch the sum becomes the gradient.</summary>
    internal void AddThresholdGradient<T>(TrainingPass pass, ReadOnlySpan<T> parts, int stride, int use, long elements)
        where T : struct, System.Numerics.IFloatingPointIeee754<T>
    {
        if (IsLearned)
        {
            AddGradient(pass, Range!, _thresholds, parts, stride, use, elements);
        }
    }

    private void AddGradient<T>(TrainingPass pass, Parameter parameter, ThresholdSum[] sums, ReadOnlySpan<T> parts, int stride, int use, long elements)
        where T : struct, System.Numerics.IFloatingPointIeee754<T>
    {
        sums[use].Add(pass.Part, parts, stride, elements);
        if (pass.IsLastPart && !parameter.IsFrozen)
        {
            parameter.Gradients[use] += sums[use].Gradient(_range.GradientFactor);
        }
    }

    /// <summary>Gets the number of uses in a pass.</summary>
    internal int Uses => _range.Uses;

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
                ActivationParameters own = site._range.Side == ActivationSide.PerToken
                    ? ActivationQuantizer.Measure<TLanes>(ref source, site.Columns, site._range.Bits) : range;
                CenteredCodes.Quantize<TLanes>(ref source, site.Columns, own, 1f, ref centered.At((long)row * site.Columns));
                scales[row] = own.Scale;
            }
        }
    }

    private readonly struct BinarizeJob(int columns, float[] values, int rows, ElasticBinarizer binarizer, float[] centered, float[] scales) : ILaneJob
    {
        public void Run<TLanes>(int item, int worker)
            where TLanes : struct, ILanes<TLanes>
        {
            int first = item * TrainingPass.TokensPerItem;
            int last = Math.Min(first + TrainingPass.TokensPerItem, rows);
            for (int row = first; row < last; row++)
            {
                BitCodes.Quantize<TLanes>(ref values.At((long)row * columns), columns, binarizer, ref centered.At((long)row * columns));
                scales[row] = binarizer.Step;
            }
        }
    }

    private readonly struct ElasticJob(
        int columns, float[] values, float[] centered, int rows, ElasticBinarizer binarizer, float[] gradient, AlignedFloats sums) : ILaneJob
    {
        public void Run<TLanes>(int item, int worker)
            where TLanes : struct, ILanes<TLanes>
        {
            int first = item * TrainingPass.TokensPerItem;
            int last = Math.Min(first + TrainingPass.TokensPerItem, rows);
            Span<float> parts = sums.Span(2 * rows);
            for (int row = first; row < last; row++)
            {
                long at = (long)row * columns;
                (parts[row], parts[rows + row]) =
                    BitCodes.Gradient<TLanes>(ref values.At(at), ref centered.At(at), ref gradient.At(at), columns, binarizer);
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
