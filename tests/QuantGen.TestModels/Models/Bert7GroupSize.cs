namespace QuantGen.TestModels.Models;

/// <summary>Has 7-bit weights with a scale per 64 inputs and attention of 6-bit integers, whose contexts have ranges of their own per token.</summary>
[QuantizedBert(bits: 7, Config = "bert.json", GroupSize = 64, AttentionBits = 6,
    Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert7GroupSize;
