namespace QuantGen.TestModels.Models;

/// <summary>Predicts words by the values of a 2-bit embedding.</summary>
[QuantizedBert(bits: 4, Config = "bert.json", EmbeddingBits = 2, Head = BertHead.MaskedLanguageModel, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert4Masked;
