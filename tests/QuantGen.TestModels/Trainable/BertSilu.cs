namespace QuantGen.TestModels.Trainable;

/// <summary>Full precision with SiLU.</summary>
[
    QuantizedBert(
        bits: 32, Config = "bert.json", HiddenActivation = HiddenActivation.Silu, EmbeddingBits = 32, Head = BertHead.SequenceClassification,
        MaxSequenceLength = 24, MaxBatchTokens = 256, Training = true),
]
public sealed partial class BertSilu;
