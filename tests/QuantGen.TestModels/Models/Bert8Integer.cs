namespace QuantGen.TestModels.Models;

/// <summary>Has no floats, and 8-bit weights.</summary>
[
    QuantizedBert(
        bits: 8, Config = "bert.json", Numerics = Numerics.Integer, Head = BertHead.SequenceClassification,
        MaxSequenceLength = 24, MaxBatchTokens = 256),
]
public sealed partial class Bert8Integer;
