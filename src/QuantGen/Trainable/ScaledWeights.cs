using QuantGen.Kernels;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Trainable;

/// <summary>Weights as evenly spaced codes with a scale for each group of rows. Gradients pass to the weights as they are.</summary>
internal sealed class ScaledWeights : WeightQuantizer
{
    private readonly MatrixSpec _matrix;
    private readonly Parameter? _alpha;
    private readonly TrainableOptions _options;
    private readonly float[] _rowScales;

    public ScaledWeights(MatrixSpec matrix, Parameter weight, Parameter? alpha, TrainableOptions options)
        : base(weight)
    {
        _matrix = matrix;
        _alpha = alpha;
        _options = options;
        _rowScales = new float[matrix.Rows];
        weight.WantsCurvature = matrix.Scheme == Scheme.Ternary && options.LossAware;
    }

    public override float[] RowScales => _rowScales;

    private int GroupLength => _matrix.RowsPerGroup * _matrix.Columns;

    public override void Initialize()
    {
        for (int group = 0; group < _alpha?.Values.Length; group++)
        {
            ReadOnlySpan<float> values = Weight.Values.AsSpan(group * GroupLength, GroupLength);
            int levels = LsqQuantizer.Levels(SchemeQuantizer.BitsOf(_matrix, group));
            float alpha = Thresholds.Initial(_options.ScaleInitialization, values, levels, Thresholds.WeightExperience);
            _alpha.Values[group] = MathF.Max(alpha, LsqQuantizer.SmallestAlpha);
        }
    }

    public override void Prepare()
    {
        for (int group = 0; group < _matrix.GroupCount; group++)
        {
            int first = group * GroupLength;
            ReadOnlySpan<float> values = Weight.Values.AsSpan(first, GroupLength);
            ReadOnlySpan<float> curvature = _options.LossAware && Weight.Curvature is { } all ? all.AsSpan(first, GroupLength) : default;
            SchemeFit fit = SchemeFit.Of(_matrix.Scheme, SchemeQuantizer.BitsOf(_matrix, group), values, _alpha?.Values[group] ?? 0f, curvature);
            fit.Center(values, Values.AsSpan(first, GroupLength));
            _rowScales.AsSpan(group * _matrix.RowsPerGroup, _matrix.RowsPerGroup).Fill(fit.Scale);
        }
    }

    public override void Finish()
    {
        for (int group = 0; group < _alpha?.Values.Length; group++)
        {
            long first = (long)group * GroupLength;
            int levels = LsqQuantizer.Levels(SchemeQuantizer.BitsOf(_matrix, group));
            var threshold = new LearnedThreshold(MathF.Max(_alpha.Values[group], LsqQuantizer.SmallestAlpha), levels, IsSigned: true);
            double sum = Thresholds.LongGradient(ref Weight.Values.At(first), ref Values.At(first), ref Gradients.At(first), GroupLength, threshold);
            _alpha.Gradients[group] += (float)(sum * Thresholds.GradientFactor(_options, GroupLength, levels));
        }

        RowScaling.Add(ref Weight.Gradients[0], Weight.Gradients.Length, ref Gradients[0]);
    }
}
