namespace QuantGen.TestModels.Models;

/// <summary>Rounds everything, weights to 2 bits with two ranges for each matrix and the embedding to 3.</summary>
[QuantizedBert(bits: 2, groups: 2, Config = "bert.json", Numerics = Numerics.Quantized, EmbeddingBits = 3, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert2Rounded;
