namespace QuantGen.TestModels.Models;

/// <summary>Has a rectifier, 5-bit weights, a 7-bit embedding and activations of 6 bits.</summary>
[QuantizedBert(bits: 5, Config = "bert.json", HiddenActivation = HiddenActivation.Relu, EmbeddingBits = 7, ActivationBits = 6,
    Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class BertRelu;
