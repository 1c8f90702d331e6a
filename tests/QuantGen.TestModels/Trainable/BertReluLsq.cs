namespace QuantGen.TestModels.Trainable;

/// <summary>Learned thresholds of 6-bit weights and embeddings, behind a rectifier.</summary>
[QuantizedBert(bits: 6, Config = "bert.json", HiddenActivation = HiddenActivation.Relu, EmbeddingBits = 6, ActivationRange = ActivationRange.Static,
    ActivationBits = 5, Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256, Training = true)]
public sealed partial class BertReluLsq;
