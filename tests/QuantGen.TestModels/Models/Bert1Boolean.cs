namespace QuantGen.TestModels.Models;

/// <summary>Has one bit for weights and activations, and attention by signs.</summary>
[QuantizedBert(bits: 1, Config = "bert.json", ActivationBits = 1, Attention = AttentionKind.Boolean, Head = BertHead.SequenceClassification,
    MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert1Boolean;
