namespace QuantGen.TestModels.Trainable;

/// <summary>Ternary words and weights, with positions and token types of 8 bits.</summary>
[QuantizedBert(bits: 2, Config = "bert.json", EmbeddingBits = 2, PositionBits = 8, Head = BertHead.SequenceClassification, MaxSequenceLength = 24,
    MaxBatchTokens = 256, Training = true)]
public sealed partial class BertPositions;
