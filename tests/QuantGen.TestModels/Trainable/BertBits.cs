namespace QuantGen.TestModels.Trainable;

/// <summary>Weights and activations of one bit behind a rectifier, with a matrix that reads the activations themselves.</summary>
[QuantizedBert(bits: 1, groups: 2, Config = "bert.json", HiddenActivation = HiddenActivation.Relu, EmbeddingBits = 2, ActivationBits = 1, AttentionBits = 8,
    Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256, Training = true)]
[LayerBits("encoder.layer.0.attention.self.value", 32)]
public sealed partial class BertBits;
