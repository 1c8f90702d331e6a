namespace QuantGen.TestModels.Trainable;

/// <summary>Full precision with quick GELU.</summary>
[
    QuantizedBert(
        bits: 32, Config = "bert.json", HiddenActivation = HiddenActivation.QuickGelu, EmbeddingBits = 32, Head = BertHead.TokenClassification,
        MaxSequenceLength = 24, MaxBatchTokens = 256, Training = true),
]
public sealed partial class BertQuickGelu;
