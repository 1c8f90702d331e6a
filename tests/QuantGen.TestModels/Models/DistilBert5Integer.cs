namespace QuantGen.TestModels.Models;

/// <summary>A DistilBERT without floats, of 5-bit weights.</summary>
[
    QuantizedBert(
        bits: 5, Config = "distilbert.json", Numerics = Numerics.Integer, Head = BertHead.SequenceClassification,
        MaxSequenceLength = 24, MaxBatchTokens = 256),
]
public sealed partial class DistilBert5Integer;
