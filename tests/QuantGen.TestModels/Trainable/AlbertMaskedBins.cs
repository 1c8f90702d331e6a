namespace QuantGen.TestModels.Trainable;

/// <summary>Predicts word pieces with a word embedding of few values, factorised, in a shared layer of full precision.</summary>
[QuantizedBert(
    bits: 32, Config = "albert.json", EmbeddingBits = 4, EmbeddingStorage = Storage.Codebook, Head = BertHead.MaskedLanguageModel,
    MaxSequenceLength = 24, MaxBatchTokens = 256, Training = true)]
public sealed partial class AlbertMaskedBins;
