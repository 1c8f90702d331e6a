namespace QuantGen.TestModels.Models;

/// <summary>Has factors on all residuals but the first, which comes from a linear layer, and a pooled head.</summary>
[QuantizedBert(Spec = "electra-factors.spec.json", MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Electra8Factors;
