namespace QuantGen.TestModels.Models;

/// <summary>Has 1-bit weights, a 2-bit embedding and five layers, of which members of an ensemble can share up to four.</summary>
[QuantizedBert(bits: 1, Config = "bert-layers.json", EmbeddingBits = 2, ActivationRange = ActivationRange.Static, AttentionBits = 8,
    Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert1Layers;
