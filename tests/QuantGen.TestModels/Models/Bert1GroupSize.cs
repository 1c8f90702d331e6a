namespace QuantGen.TestModels.Models;

/// <summary>Has 1-bit weights with a scale per 32 inputs, the last of which are fewer.</summary>
[QuantizedBert(bits: 1, Config = "bert.json", GroupSize = 32, Head = BertHead.TokenClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert1GroupSize;
