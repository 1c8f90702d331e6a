namespace QuantGen.TestModels.Models;

/// <summary>Has 2-bit weights in groups of rows and a real output.</summary>
[QuantizedBert(bits: 2, groups: 4, Config = "bert.json", Head = BertHead.Regression, EmbeddingBits = 4, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert2;
