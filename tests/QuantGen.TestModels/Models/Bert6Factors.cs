namespace QuantGen.TestModels.Models;

/// <summary>Has factors on its residuals, and rows that end within a vector.</summary>
[QuantizedBert(Spec = "bert-factors.spec.json", MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert6Factors;
