namespace QuantGen.TestModels.Models;

/// <summary>Has 6-bit weights with zero points per 32 inputs, a 3-bit embedding and activations of 3 bits.</summary>
[QuantizedBert(bits: 6, Config = "bert.json", GroupSize = 32, Mapping = Mapping.Asymmetric, EmbeddingBits = 3, ActivationBits = 3,
    Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert6Asymmetric;
