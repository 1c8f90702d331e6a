namespace QuantGen.TestModels.Models;

/// <summary>Has quick GELU and, over 3-bit weights, a pooled head, whose rows are few.</summary>
[QuantizedBert(bits: 3, groups: 2, Config = "bert.json", HiddenActivation = HiddenActivation.QuickGelu, Head = BertHead.SequenceClassification,
    MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class BertQuickGelu;
