namespace QuantGen.TestModels.Trainable;

/// <summary>Codebooks of bins of equal width in a shared layer.</summary>
[QuantizedBert(bits: 4, Config = "albert.json", EmbeddingBits = 4, Storage = Storage.Codebook, Head = BertHead.SequenceClassification, MaxSequenceLength = 24,
    MaxBatchTokens = 256, Training = true)]
public sealed partial class AlbertBins;
