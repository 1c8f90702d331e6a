namespace QuantGen.TestModels.Models;

/// <summary>Has 7-bit weights, a 7-bit embedding, activations of 5 bits and attention of 6-bit integers.</summary>
[QuantizedBert(bits: 7, Config = "bert.json", EmbeddingBits = 7, ActivationBits = 5, ActivationRange = ActivationRange.Static, AttentionBits = 6,
    Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert7;
