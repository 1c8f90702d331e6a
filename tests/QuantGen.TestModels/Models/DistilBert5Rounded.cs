namespace QuantGen.TestModels.Models;

/// <summary>A DistilBERT that rounds everything, weights to 5 bits and activations to 6.</summary>
[
    QuantizedBert(
        bits: 5, Config = "distilbert.json", Numerics = Numerics.Quantized, ActivationBits = 6, Head = BertHead.QuestionAnswering,
        MaxSequenceLength = 24, MaxBatchTokens = 256),
]
public sealed partial class DistilBert5Rounded;
