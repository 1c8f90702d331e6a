namespace QuantGen.TestModels.Models;

/// <summary>Has 5-bit weights and a 5-bit embedding, and activations of 6 bits.</summary>
[QuantizedBert(bits: 5, groups: 2, Config = "bert.json", EmbeddingBits = 5, ActivationBits = 6, Head = BertHead.TokenClassification, MaxSequenceLength = 24,
    MaxBatchTokens = 256)]
public sealed partial class Bert5;
