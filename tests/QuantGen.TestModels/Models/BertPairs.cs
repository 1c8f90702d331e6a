namespace QuantGen.TestModels.Models;

/// <summary>Has weights that are sums of two matrices of one bit, with scales for groups of rows of each.</summary>
[QuantizedBert(bits: 1, groups: 2, Config = "bert.json", Storage = Storage.BinaryPair, Head = BertHead.SequenceClassification, MaxSequenceLength = 24,
    MaxBatchTokens = 256)]
public sealed partial class BertPairs;
