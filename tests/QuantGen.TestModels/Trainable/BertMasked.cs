namespace QuantGen.TestModels.Trainable;

/// <summary>Predicts word pieces with the word embedding as weights, in full precision.</summary>
[
    QuantizedBert(
        bits: 32, Config = "bert.json", EmbeddingBits = 32, Head = BertHead.MaskedLanguageModel, MaxSequenceLength = 24, MaxBatchTokens = 256, Training = true),
]
public sealed partial class BertMasked;
