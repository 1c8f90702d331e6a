namespace QuantGen.TestModels.Trainable;

/// <summary>Full precision, no token types, and a rectifier in the head.</summary>
[
    QuantizedBert(
        bits: 32, Config = "distilbert.json", EmbeddingBits = 32, Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256,
        Training = true),
]
public sealed partial class DistilBert32;
