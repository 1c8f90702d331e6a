namespace QuantGen.TestModels.Trainable;

/// <summary>Learned thresholds for every use of one layer, quantized attention.</summary>
[QuantizedBert(bits: 4, Config = "albert.json", EmbeddingBits = 4, ActivationRange = ActivationRange.Static, AttentionBits = 8,
    Head = BertHead.QuestionAnswering, MaxSequenceLength = 24, MaxBatchTokens = 256, Training = true)]
public sealed partial class AlbertLsq;
