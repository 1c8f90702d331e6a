namespace QuantGen.TestModels.Models;

/// <summary>Has 6-bit weights and a 6-bit embedding.</summary>
[QuantizedBert(bits: 6, Config = "bert.json", EmbeddingBits = 6, Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert6;
