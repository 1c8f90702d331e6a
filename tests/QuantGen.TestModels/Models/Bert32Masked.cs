namespace QuantGen.TestModels.Models;

/// <summary>Predicts words in full precision.</summary>
[QuantizedBert(bits: 32, Config = "bert.json", EmbeddingBits = 32, Head = BertHead.MaskedLanguageModel, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert32Masked;
