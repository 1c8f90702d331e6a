namespace QuantGen.TestModels.Trainable;

/// <summary>Full precision, one layer used three times, a real output.</summary>
[QuantizedBert(bits: 32, Config = "albert.json", EmbeddingBits = 32, Head = BertHead.Regression, MaxSequenceLength = 24, MaxBatchTokens = 256, Training = true)]
public sealed partial class Albert32;
