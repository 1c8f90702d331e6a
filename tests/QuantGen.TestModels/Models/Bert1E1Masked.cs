namespace QuantGen.TestModels.Models;

/// <summary>Predicts words with word embeddings of one bit, which are its decoder's weights, too.</summary>
[QuantizedBert(bits: 1, Config = "bert.json", EmbeddingBits = 1, Head = BertHead.MaskedLanguageModel, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert1E1Masked;
