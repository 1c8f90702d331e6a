namespace QuantGen.TestModels.Trainable;

/// <summary>Has the dimensions of the shared reference of gradients, in full precision.</summary>
[
    QuantizedBert(
        bits: 32, Config = "reference.json", EmbeddingBits = 32, Head = BertHead.SequenceClassification, MaxSequenceLength = 12, MaxBatchTokens = 64,
        Training = true),
]
public sealed partial class Reference32;
