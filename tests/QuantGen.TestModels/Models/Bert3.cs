namespace QuantGen.TestModels.Models;

/// <summary>Has 3-bit weights, whose codes cross the borders of bytes.</summary>
[QuantizedBert(bits: 3, Config = "bert.json", Head = BertHead.TokenClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert3;
