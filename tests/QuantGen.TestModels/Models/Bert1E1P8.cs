namespace QuantGen.TestModels.Models;

/// <summary>Has weights and word embeddings of one bit, and positions and token types of 8.</summary>
[QuantizedBert(bits: 1, Config = "bert.json", EmbeddingBits = 1, PositionBits = 8, Head = BertHead.SequenceClassification, MaxSequenceLength = 24,
    MaxBatchTokens = 256)]
public sealed partial class Bert1E1P8;
