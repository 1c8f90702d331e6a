namespace QuantGen.TestModels.Models;

/// <summary>Has no floats, 2-bit weights with two scales for each matrix and a 3-bit embedding.</summary>
[QuantizedBert(bits: 2, groups: 2, Config = "bert.json", Numerics = Numerics.Integer, EmbeddingBits = 3, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert2Integer;
