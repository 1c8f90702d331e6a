namespace QuantGen.TestModels.Models;

/// <summary>Has 2-bit weights with zero points.</summary>
[
    QuantizedBert(
        bits: 2, groups: 2, Config = "bert.json", Mapping = Mapping.Asymmetric, Head = BertHead.QuestionAnswering, MaxSequenceLength = 24,
        MaxBatchTokens = 256),
]
public sealed partial class Bert2Asymmetric;
