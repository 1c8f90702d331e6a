namespace QuantGen.TestModels.Models;

/// <summary>Has one-bit labels of codebooks, the word embedding's among them.</summary>
[QuantizedBert(bits: 1, Config = "bert.json", Storage = Storage.Codebook, EmbeddingBits = 1, Head = BertHead.SequenceClassification, MaxSequenceLength = 24,
    MaxBatchTokens = 256)]
public sealed partial class Bert1KMeans;
