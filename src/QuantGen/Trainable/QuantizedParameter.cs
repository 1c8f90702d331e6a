using QuantGen.Quantization;
using QuantGen.Schemes;
using QuantGen.Specs;
using QuantGen.Trainable.Kernels;

namespace QuantGen.Trainable;

/// <summary>A weight with what its quantizer learns, and how its values become codes or labels.</summary>
/// <param name="weight">The weight.</param>
/// <param name="matrix">Bits and groups of rows.</param>
/// <param name="traits">Who finds the codes; null in full precision.</param>
/// <param name="alpha">The learned threshold of every group of rows, or null.</param>
/// <param name="centroids">The codebook, or null.</param>
/// <param name="options">How quantizers begin and learn.</param>
internal sealed class QuantizedParameter(Parameter weight, MatrixSpec matrix, SchemeTraits? traits, Parameter? alpha, Parameter? centroids,
    TrainableOptions options)
{
    public Parameter Weight => weight;

    public MatrixSpec Matrix => matrix;

    public Parameter? Alpha => alpha;

    public Parameter? Centroids => centroids;

    /// <summary>Gets whether the weight, or what its quantizer learns, has a use for gradients.</summary>
    public bool Learns => centroids is null ? !weight.IsFrozen || alpha is { IsFrozen: false } : !centroids.IsFrozen;

    /// <summary>Gets the number of values in a group of rows.</summary>
    public int GroupLength => matrix.RowsPerGroup * matrix.Columns;

    /// <summary>Sets the thresholds, if any, from the values.</summary>
    public void InitializeAlphas()
    {
        for (int group = 0; group < alpha?.Values.Length; group++)
        {
            float first = Thresholds.Initial(options.ScaleInitialization, Values(group), Levels(group), Thresholds.WeightExperience);
            alpha.Values[group] = MathF.Max(first, LsqQuantizer.SmallestAlpha);
        }
    }

    /// <summary>Makes the codebook from the values and returns the label of every value.</summary>
    public byte[] InitializeCentroids()
    {
        Clusters clusters = ClusterQuantizer.Fit(traits!.Fitter, weight.Values, matrix.Bits, options.ClusterIterations, options.ClusterSeed);
        clusters.Centroids.CopyTo(centroids!.Values, 0);
        return clusters.Labels;
    }

    /// <summary>Gets the group that a row is in.</summary>
    public int GroupOf(int row) => row / matrix.RowsPerGroup;

    /// <summary>Gets how the present values of a group of rows become codes.</summary>
    public SchemeFit Fit(int group)
    {
        ReadOnlySpan<float> curvature = options.LossAware && weight.Curvature is { } all ? all.AsSpan(group * GroupLength, GroupLength) : default;
        return SchemeFit.Of(traits!.Fitter, matrix.BitsOf(group), Values(group), alpha?.Values[group] ?? 0f, curvature);
    }

    /// <summary>Gets the learned threshold of a group of rows.</summary>
    public LearnedThreshold Threshold(int group) => new(MathF.Max(alpha!.Values[group], LsqQuantizer.SmallestAlpha), Levels(group), IsSigned: true);

    /// <summary>Gets what the gradient of a group's threshold is multiplied by.</summary>
    public double GradientFactor(int group) => Thresholds.GradientFactor(options, GroupLength, Levels(group));

    /// <summary>Gets what is wrong when a pass comes before the labels of a codebook.</summary>
    public InvalidOperationException NoCodebook() => new($"The codebook of '{weight.Name}' has not been made: InitializeWeightQuantizers comes first.");

    private int Levels(int group) => LsqQuantizer.Levels(matrix.BitsOf(group));

    private ReadOnlySpan<float> Values(int group) => weight.Values.AsSpan(group * GroupLength, GroupLength);
}
