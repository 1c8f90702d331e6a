namespace QuantGen.TestModels.Models;

/// <summary>Has five-bit labels of codebooks, the widest, which cross the borders of bytes.</summary>
[QuantizedBert(bits: 5, Config = "bert.json", Storage = Storage.Codebook, EmbeddingBits = 5, Head = BertHead.SequenceClassification, MaxSequenceLength = 24,
    MaxBatchTokens = 256)]
public sealed partial class Bert5KMeans;
