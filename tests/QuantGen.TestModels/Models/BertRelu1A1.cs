namespace QuantGen.TestModels.Models;

/// <summary>Has a rectifier, and weights and activations of one bit but for a matrix in full precision.</summary>
[QuantizedBert(bits: 1, Config = "bert.json", HiddenActivation = HiddenActivation.Relu, ActivationBits = 1, Head = BertHead.TokenClassification,
    MaxSequenceLength = 24, MaxBatchTokens = 256)]
[LayerBits("encoder.layer.0.attention.self.value", 32)]
public sealed partial class BertRelu1A1;
