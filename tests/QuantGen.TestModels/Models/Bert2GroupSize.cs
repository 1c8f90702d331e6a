namespace QuantGen.TestModels.Models;

/// <summary>Has 2-bit weights with a scale per 32 inputs.</summary>
[
    QuantizedBert(
        bits: 2, Config = "bert.json", GroupSize = 32, Head = BertHead.SequenceClassification, EmbeddingBits = 2, MaxSequenceLength = 24, MaxBatchTokens = 256),
]
public sealed partial class Bert2GroupSize;
