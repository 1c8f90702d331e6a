namespace QuantGen.TestModels.Trainable;

/// <summary>Predicts word pieces with a word embedding of eight bits whose threshold is learned, as the layers' thresholds are.</summary>
[QuantizedBert(
    bits: 2, Config = "bert.json", EmbeddingBits = 8, ActivationRange = ActivationRange.Static, AttentionBits = 8,
    Head = BertHead.MaskedLanguageModel, MaxSequenceLength = 24, MaxBatchTokens = 256, Training = true)]
public sealed partial class BertMaskedLsq;
