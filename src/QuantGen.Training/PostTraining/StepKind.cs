namespace QuantGen.Training.PostTraining;

/// <summary>What a step changes; steps come in this order, because each rests on what those before it left.</summary>
internal enum StepKind
{
    /// <summary>The texts that all others run through the model.</summary>
    Texts,

    /// <summary>How many bits each matrix has.</summary>
    Plans,

    /// <summary>Factors, which move from normalizations into weights and residuals; what the model computes in full precision stays.</summary>
    Factors,

    /// <summary>Ranges of weights, and of activations where these are stored and no later step finds them.</summary>
    Ranges,

    /// <summary>Codes of weights within their ranges.</summary>
    Codes,

    /// <summary>Biases, which make up for what codes lost.</summary>
    Biases,

    /// <summary>Stored ranges of activations, for weights that are codes already.</summary>
    ActivationRanges,
}
