namespace QuantGen.TestModels.Models;

/// <summary>Has no floats, GELU's other form, and groups of rows of 2 to 8 bits in a matrix.</summary>
[
    QuantizedBert(
        bits: 3, Config = "bert.json", Plan = "mixed-integer.json", Numerics = Numerics.Integer, HiddenActivation = HiddenActivation.GeluNew,
        Head = BertHead.TokenClassification, MaxSequenceLength = 24, MaxBatchTokens = 256),
]
public sealed partial class BertMixedInteger;
