namespace QuantGen.TestModels.Models;

/// <summary>Has full-precision weights.</summary>
[QuantizedBert(bits: 32, Config = "bert.json", EmbeddingBits = 32, Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert32;
