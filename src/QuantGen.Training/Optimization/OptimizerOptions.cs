using QuantGen.Trainable;

namespace QuantGen.Training.Optimization;

/// <summary>How an optimizer changes parameters. The defaults are those of KDLSQ-BERT.</summary>
public sealed record OptimizerOptions
{
    /// <summary>Gets the algorithm. Default <see cref="OptimizerKind.AdamW"/>.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.AdamW;

    /// <summary>Gets the learning rate of weights, embeddings, biases and norms. Default 5e-5.</summary>
    public double LearningRate { get; init; } = 5e-5;

    /// <summary>Gets the decay of matrices and embeddings; biases and norms have none. Default 0.01.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Gets the learning rate of clipping thresholds of weights. Default 1e-3.</summary>
    public double WeightScaleLearningRate { get; init; } = 1e-3;

    /// <summary>Gets the decay of clipping thresholds of weights. Default 2e-5.</summary>
    public double WeightScaleDecay { get; init; } = 2e-5;

    /// <summary>Gets the learning rate of clipping thresholds of activations, and of scales and shifts of those of one bit. Default 3e-2.</summary>
    public double ActivationScaleLearningRate { get; init; } = 3e-2;

    /// <summary>Gets the decay of clipping thresholds of activations. Default 1e-4.</summary>
    public double ActivationScaleDecay { get; init; } = 1e-4;

    /// <summary>Gets by how much centroids learn faster than <see cref="LearningRate"/>. Default 10 (Zhao et al., 2020).</summary>
    public double CentroidFactor { get; init; } = 10;

    /// <summary>
    /// Gets the norm to which gradients are clipped: of all parameters together, or of each with <see cref="OptimizerKind.BertAdam"/>. Default 1.
    /// </summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Gets how much of the first moment stays. Default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Gets how much of the second moment stays. Default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Gets what is added to the root of the second moment; null, the default, for 1e-8, and 1e-6 with <see cref="OptimizerKind.BertAdam"/>.</summary>
    public double? Epsilon { get; init; }

    /// <summary>Gets learning rate and decay of a parameter.</summary>
    /// <param name="kind">What the parameter is for.</param>
    public (double LearningRate, double Decay) GroupOf(ParameterKind kind) => kind switch
    {
        ParameterKind.Weight or ParameterKind.Embedding => (LearningRate, WeightDecay),
        ParameterKind.Bias or ParameterKind.LayerNorm => (LearningRate, 0),
        ParameterKind.WeightScale => (WeightScaleLearningRate, WeightScaleDecay),
        ParameterKind.ActivationScale => (ActivationScaleLearningRate, ActivationScaleDecay),
        ParameterKind.ActivationShift => (ActivationScaleLearningRate, 0),
        ParameterKind.Centroids => (LearningRate * CentroidFactor, 0),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no optimizer changes such a parameter"),
    };
}
