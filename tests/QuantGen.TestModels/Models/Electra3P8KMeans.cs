namespace QuantGen.TestModels.Models;

/// <summary>Words are labels of a codebook, and a projection reads their sums with positions of 8 bits.</summary>
[QuantizedBert(bits: 3, Config = "electra.json", Storage = Storage.Codebook, PositionBits = 8, Head = BertHead.Embedding, MaxSequenceLength = 24,
    MaxBatchTokens = 256)]
public sealed partial class Electra3P8KMeans;
