namespace QuantGen.TestModels.Models;

/// <summary>Has weights and word embeddings that are sums of two of one bit.</summary>
[QuantizedBert(bits: 1, Config = "bert.json", Storage = Storage.BinaryPair, EmbeddingBits = 1, Head = BertHead.SequenceClassification, MaxSequenceLength = 24,
    MaxBatchTokens = 256)]
public sealed partial class BertPairsE1;
