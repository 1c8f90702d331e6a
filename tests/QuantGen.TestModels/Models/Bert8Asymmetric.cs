namespace QuantGen.TestModels.Models;

/// <summary>Has 8-bit weights with zero points per 64 inputs.</summary>
[
    QuantizedBert(
        bits: 8, Config = "bert.json", GroupSize = 64, Mapping = Mapping.Asymmetric, Head = BertHead.SequenceClassification, MaxSequenceLength = 24,
        MaxBatchTokens = 256),
]
public sealed partial class Bert8Asymmetric;
