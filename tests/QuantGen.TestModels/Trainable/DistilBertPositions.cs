namespace QuantGen.TestModels.Trainable;

/// <summary>Words in full precision, positions of 8 bits, and no token types.</summary>
[QuantizedBert(bits: 8, Config = "distilbert.json", EmbeddingBits = 32, PositionBits = 8, Head = BertHead.TokenClassification, MaxSequenceLength = 24,
    MaxBatchTokens = 256, Training = true)]
public sealed partial class DistilBertPositions;
