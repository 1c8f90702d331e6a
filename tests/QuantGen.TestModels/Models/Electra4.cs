namespace QuantGen.TestModels.Models;

/// <summary>Distinct layers over narrow embeddings, with calibrated ranges.</summary>
[
    QuantizedBert(
        bits: 4, Config = "electra.json", ActivationRange = ActivationRange.Static, Head = BertHead.SequenceClassification, MaxSequenceLength = 24,
        MaxBatchTokens = 256),
]
public sealed partial class Electra4;
