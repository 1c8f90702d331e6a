namespace QuantGen.TestModels.Trainable;

/// <summary>Full precision with a pooled head.</summary>
[
    QuantizedBert(
        bits: 32, Config = "bert.json", EmbeddingBits = 32, Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256,
        Training = true),
]
public sealed partial class Bert32;
