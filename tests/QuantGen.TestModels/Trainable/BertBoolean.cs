namespace QuantGen.TestModels.Trainable;

/// <summary>Weights of one bit around their mean, activations of one bit, attention by signs.</summary>
[QuantizedBert(bits: 1, Config = "bert.json", HiddenActivation = HiddenActivation.Relu, EmbeddingBits = 2, ActivationBits = 1,
    Attention = AttentionKind.Boolean, Head = BertHead.TokenClassification, MaxSequenceLength = 24, MaxBatchTokens = 256, Training = true)]
public sealed partial class BertBoolean;
