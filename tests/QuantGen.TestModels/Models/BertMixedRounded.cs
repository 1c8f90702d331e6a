namespace QuantGen.TestModels.Models;

/// <summary>Rounds everything, groups of rows of a matrix to 2 to 8 bits.</summary>
[
    QuantizedBert(
        bits: 3, Config = "bert.json", Plan = "mixed-integer.json", Numerics = Numerics.Quantized, AttentionBits = 5,
        Head = BertHead.TokenClassification, MaxSequenceLength = 24, MaxBatchTokens = 256),
]
public sealed partial class BertMixedRounded;
