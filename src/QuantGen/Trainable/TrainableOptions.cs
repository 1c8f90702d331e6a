namespace QuantGen.Trainable;

/// <summary>What a generated class needs to know beside its spec to be trained.</summary>
public sealed record TrainableOptions
{
    /// <summary>Gets the threads of a pass; 0, the default, means one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>Gets the share of hidden values that dropout clears while training. Default 0.1.</summary>
    public float HiddenDropout { get; init; } = 0.1f;

    /// <summary>Gets the share of attention probabilities that dropout clears while training. Default 0.1.</summary>
    public float AttentionDropout { get; init; } = 0.1f;

    /// <summary>Gets how learned thresholds begin. Default <see cref="ScaleInitialization.Truncation"/>.</summary>
    public ScaleInitialization ScaleInitialization { get; init; } = ScaleInitialization.Truncation;

    /// <summary>Gets whether gradients of thresholds are multiplied by 1 / sqrt(elements x levels), as LSQ does. Default false, as KDLSQ-BERT does.</summary>
    public bool ScaleGradientFactor { get; init; }

    /// <summary>
    /// Gets whether quantized attention probabilities use codes of both signs, as KDLSQ-BERT's released code does. Default false: all levels above zero.
    /// </summary>
    public bool SymmetricProbabilities { get; init; }

    /// <summary>Gets whether ternary weights weigh errors by the optimizer's second moments (loss-aware ternarization). Default false: TWN.</summary>
    public bool LossAware { get; init; }

    /// <summary>Gets Lloyd's iterations when codebooks are made. Default 3.</summary>
    public int ClusterIterations { get; init; } = 3;

    /// <summary>Gets the seed of the codebooks' first centroids.</summary>
    public ulong ClusterSeed { get; init; }
}
