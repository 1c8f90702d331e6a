namespace QuantGen.TestModels.Trainable;

/// <summary>Ternary weights in a shared layer, ranges per token, attention by running ranges of every use.</summary>
[QuantizedBert(bits: 2, Config = "albert.json", EmbeddingBits = 2, AttentionBits = 8, Head = BertHead.SequenceClassification, MaxSequenceLength = 24,
    MaxBatchTokens = 256, Training = true)]
public sealed partial class AlbertTernary;
