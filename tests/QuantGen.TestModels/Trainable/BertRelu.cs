namespace QuantGen.TestModels.Trainable;

/// <summary>Full precision with a rectifier, also in the transform of its head.</summary>
[
    QuantizedBert(
        bits: 32, Config = "bert.json", HiddenActivation = HiddenActivation.Relu, EmbeddingBits = 32, Head = BertHead.MaskedLanguageModel,
        MaxSequenceLength = 24, MaxBatchTokens = 256, Training = true),
]
public sealed partial class BertRelu;
