namespace QuantGen.TestModels.Models;

/// <summary>Has factors on its residuals, of which the first comes from a linear layer, and a pooled head.</summary>
[QuantizedBert(Spec = "electra-factors.spec.json", MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Electra8Factors;
