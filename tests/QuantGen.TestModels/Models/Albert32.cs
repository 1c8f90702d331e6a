namespace QuantGen.TestModels.Models;

/// <summary>Uses one full-precision layer three times.</summary>
[QuantizedBert(bits: 32, Config = "albert.json", EmbeddingBits = 8, Head = BertHead.Encoder, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Albert32;
