namespace QuantGen.TestModels.Trainable;

/// <summary>Q8BERT in a shared layer: scales from the largest weight, running ranges of every use, for attention, too.</summary>
[QuantizedBert(
    bits: 8, Config = "albert.json", EmbeddingBits = 8, ActivationRange = ActivationRange.Static, AttentionBits = 8,
    Head = BertHead.TokenClassification, MaxSequenceLength = 24, MaxBatchTokens = 256, Training = true)]
public sealed partial class AlbertMax;
