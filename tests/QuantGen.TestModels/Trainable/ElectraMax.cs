namespace QuantGen.TestModels.Trainable;

/// <summary>Two bits over narrow embeddings, and a head that drops its input.</summary>
[
    QuantizedBert(
        bits: 2, Config = "electra.json", EmbeddingBits = 32, Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256,
        Training = true),
]
public sealed partial class ElectraMax;
