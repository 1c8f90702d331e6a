namespace QuantGen.TestModels.Models;

/// <summary>Has weights and activations of one bit, scales for groups of rows, and attention of 8-bit integers.</summary>
[QuantizedBert(bits: 1, groups: 2, Config = "bert.json", ActivationBits = 1, AttentionBits = 8, Head = BertHead.SequenceClassification, MaxSequenceLength = 24,
    MaxBatchTokens = 256)]
public sealed partial class Bert1A1;
