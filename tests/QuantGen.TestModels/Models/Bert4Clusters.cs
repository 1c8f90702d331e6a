namespace QuantGen.TestModels.Models;

/// <summary>Has four-bit labels of bins of equal width.</summary>
[QuantizedBert(bits: 4, Config = "bert.json", Storage = Storage.Codebook, EmbeddingBits = 3, Head = BertHead.SequenceClassification, MaxSequenceLength = 24,
    MaxBatchTokens = 256)]
public sealed partial class Bert4Clusters;
