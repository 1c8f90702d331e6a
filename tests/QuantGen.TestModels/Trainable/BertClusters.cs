namespace QuantGen.TestModels.Trainable;

/// <summary>Codebooks of eight numbers, for the embedding, too.</summary>
[QuantizedBert(bits: 3, Config = "bert.json", EmbeddingBits = 3, Storage = Storage.Codebook, Head = BertHead.QuestionAnswering, MaxSequenceLength = 24,
    MaxBatchTokens = 256, Training = true)]
public sealed partial class BertClusters;
