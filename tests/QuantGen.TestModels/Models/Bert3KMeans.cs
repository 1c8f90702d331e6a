namespace QuantGen.TestModels.Models;

/// <summary>Has three-bit labels of codebooks, ten to a word of the kernels' order, and a word embedding of scaled codes.</summary>
[QuantizedBert(bits: 3, Config = "bert.json", Storage = Storage.Codebook, EmbeddingBits = 4, EmbeddingStorage = Storage.Uniform,
    Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert3KMeans;
