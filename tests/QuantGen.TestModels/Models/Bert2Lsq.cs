namespace QuantGen.TestModels.Models;

/// <summary>Has 2-bit weights with learned scales, calibrated activations and attention of 8-bit integers.</summary>
[QuantizedBert(bits: 2, Config = "bert.json", EmbeddingBits = 2, ActivationRange = ActivationRange.Static, AttentionBits = 8,
    Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert2Lsq;
