namespace QuantGen.TestModels.Models;

/// <summary>Has 8-bit weights and gives vectors of texts.</summary>
[QuantizedBert(bits: 8, Config = "bert.json", Head = BertHead.Embedding, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert8;
