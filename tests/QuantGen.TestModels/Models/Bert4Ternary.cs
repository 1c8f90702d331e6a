namespace QuantGen.TestModels.Models;

/// <summary>Has 4-bit weights, and activations of 4 bits with a range for each token.</summary>
[QuantizedBert(bits: 4, groups: 2, Config = "bert.json", EmbeddingBits = 4, ActivationBits = 4, Head = BertHead.TokenClassification, MaxSequenceLength = 24,
    MaxBatchTokens = 256)]
public sealed partial class Bert4Ternary;
