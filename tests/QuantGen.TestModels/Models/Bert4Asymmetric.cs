namespace QuantGen.TestModels.Models;

/// <summary>Has 4-bit weights with zero points per 32 inputs and the head for answers.</summary>
[
    QuantizedBert(
        bits: 4, Config = "bert.json", GroupSize = 32, Mapping = Mapping.Asymmetric, Head = BertHead.QuestionAnswering, MaxSequenceLength = 24,
        MaxBatchTokens = 256),
]
public sealed partial class Bert4Asymmetric;
