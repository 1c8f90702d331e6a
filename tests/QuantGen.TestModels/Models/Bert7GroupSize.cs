namespace QuantGen.TestModels.Models;

/// <summary>Has 7-bit weights with a scale per 64 inputs.</summary>
[QuantizedBert(bits: 7, Config = "bert.json", GroupSize = 64, Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert7GroupSize;
