namespace QuantGen.TestModels.Trainable;

/// <summary>Q8BERT: scales from the largest weight and running ranges of activations.</summary>
[QuantizedBert(bits: 8, Config = "bert.json", EmbeddingBits = 8, ActivationRange = ActivationRange.Static, Head = BertHead.Regression, MaxSequenceLength = 24,
    MaxBatchTokens = 256, Training = true)]
public sealed partial class BertMax;
