namespace QuantGen.TestModels.Trainable;

/// <summary>
/// Has the dimensions of the shared reference of gradients, with learned thresholds everywhere: 2 bits for weights and embedding, 8 for activations.
/// </summary>
[QuantizedBert(
    bits: 2, Config = "reference.json", EmbeddingBits = 2, ActivationRange = ActivationRange.Static, AttentionBits = 8,
    Head = BertHead.SequenceClassification, MaxSequenceLength = 12, MaxBatchTokens = 64, Training = true)]
public sealed partial class ReferenceLsq;
