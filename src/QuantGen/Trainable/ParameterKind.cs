namespace QuantGen.Trainable;

/// <summary>What a parameter is for; learning rates and decay go by it.</summary>
public enum ParameterKind
{
    /// <summary>The matrix of a linear layer.</summary>
    Weight,

    /// <summary>The rows of an embedding.</summary>
    Embedding,

    /// <summary>Summands of a linear layer; never decayed.</summary>
    Bias,

    /// <summary>Factors and summands of a normalization; never decayed.</summary>
    LayerNorm,

    /// <summary>A learned clipping threshold of weights.</summary>
    WeightScale,

    /// <summary>A learned clipping threshold of activations, or the scale of those of one bit.</summary>
    ActivationScale,

    /// <summary>What is subtracted from activations before they get codes of one bit; never decayed.</summary>
    ActivationShift,

    /// <summary>The centroids of a codebook.</summary>
    Centroids,

    /// <summary>A running range that forward passes move and no optimizer does.</summary>
    RunningRange,
}
