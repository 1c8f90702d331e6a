namespace QuantGen.TestModels.Trainable;

/// <summary>Learned thresholds, one for each of two groups of rows, narrow activations and attention.</summary>
[QuantizedBert(bits: 2, groups: 2, Config = "bert.json", EmbeddingBits = 2, ActivationRange = ActivationRange.Static, ActivationBits = 4, AttentionBits = 4,
    Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256, Training = true)]
public sealed partial class BertLsq;
