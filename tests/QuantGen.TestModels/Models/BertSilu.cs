namespace QuantGen.TestModels.Models;

/// <summary>Has SiLU, 6-bit weights, a 5-bit embedding, and activations and attention of 7 bits in calibrated ranges.</summary>
[QuantizedBert(bits: 6, Config = "bert.json", HiddenActivation = HiddenActivation.Silu, EmbeddingBits = 5, ActivationRange = ActivationRange.Static,
    ActivationBits = 7, AttentionBits = 7, Head = BertHead.TokenClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class BertSilu;
