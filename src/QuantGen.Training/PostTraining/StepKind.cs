namespace QuantGen.Training.PostTraining;

/// <summary>What a step changes; steps come in this order, because each rests on what those before it left.</summary>
internal enum StepKind
{
    /// <summary>The texts that all others run through the model.</summary>
    Texts,

    /// <summary>How many bits each matrix has.</summary>
    Plans,

    /// <summary>Ranges of weights, and of activations where these are stored.</summary>
    Ranges,

    /// <summary>Codes of weights within their ranges.</summary>
    Codes,

    /// <summary>Biases, which make up for what codes lost.</summary>
    Biases,
}
