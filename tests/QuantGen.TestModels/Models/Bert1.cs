namespace QuantGen.TestModels.Models;

/// <summary>Has 1-bit weights and a classifier.</summary>
[QuantizedBert(bits: 1, groups: 4, Config = "bert.json", Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert1;
