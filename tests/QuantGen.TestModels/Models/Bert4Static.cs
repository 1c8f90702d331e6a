namespace QuantGen.TestModels.Models;

/// <summary>Has 4-bit weights and calibrated activation ranges.</summary>
[
    QuantizedBert(
        bits: 4, groups: 2, Config = "bert.json", ActivationRange = ActivationRange.Static, Head = BertHead.SequenceClassification, MaxSequenceLength = 24,
        MaxBatchTokens = 256),
]
public sealed partial class Bert4Static;
