namespace QuantGen.TestModels.Models;

/// <summary>Rounds everything to 8 bits, with a range for each row.</summary>
[
    QuantizedBert(
        bits: 8, Config = "bert.json", Numerics = Numerics.Quantized, Head = BertHead.SequenceClassification,
        MaxSequenceLength = 24, MaxBatchTokens = 256),
]
public sealed partial class Bert8Rounded;
