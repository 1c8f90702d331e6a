namespace QuantGen.TestModels.Models;

/// <summary>Uses one layer of two-bit labels three times.</summary>
[QuantizedBert(bits: 2, Config = "albert.json", Storage = Storage.Codebook, EmbeddingBits = 8, EmbeddingStorage = Storage.Uniform, Head = BertHead.Encoder,
    MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Albert2KMeans;
