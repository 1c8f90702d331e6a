namespace QuantGen.TestModels.Models;

/// <summary>Has 3-bit weights with a zero point per 64 inputs.</summary>
[
    QuantizedBert(
        bits: 3, Config = "bert.json", GroupSize = 64, Mapping = Mapping.Asymmetric, Head = BertHead.SequenceClassification, MaxSequenceLength = 24,
        MaxBatchTokens = 256),
]
public sealed partial class Bert3Asymmetric;
