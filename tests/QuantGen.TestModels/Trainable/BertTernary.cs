namespace QuantGen.TestModels.Trainable;

/// <summary>TernaryBERT: ternary weights, ranges per token, attention by running ranges.</summary>
[QuantizedBert(bits: 2, Config = "bert.json", EmbeddingBits = 2, AttentionBits = 8, Head = BertHead.TokenClassification, MaxSequenceLength = 24,
    MaxBatchTokens = 256, Training = true)]
public sealed partial class BertTernary;
