namespace QuantGen.TestModels.Models;

/// <summary>Uses one layer three times; every use has ranges of its own, 2-bit activations and attention of 4-bit integers.</summary>
[QuantizedBert(bits: 3, Config = "albert.json", ActivationBits = 2, ActivationRange = ActivationRange.Static, AttentionBits = 4, MaxSequenceLength = 24,
    MaxBatchTokens = 256)]
public sealed partial class Albert3Lsq;
