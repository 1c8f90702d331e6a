namespace QuantGen.TestModels.Models;

/// <summary>Predicts words by an embedding with a codebook, which is narrower than the hidden states.</summary>
[QuantizedBert(bits: 4, Config = "albert.json", EmbeddingBits = 3, EmbeddingStorage = Storage.Codebook, Head = BertHead.MaskedLanguageModel,
    MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Albert4Masked;
