namespace QuantGen.TestModels.Trainable;

/// <summary>Pairs of one-bit weights in a shared layer, whose activations of one bit have a scale and a shift for every use.</summary>
[QuantizedBert(bits: 1, Config = "albert.json", Storage = Storage.BinaryPair, EmbeddingBits = 4, ActivationBits = 1, Head = BertHead.TokenClassification,
    MaxSequenceLength = 24, MaxBatchTokens = 256, Training = true)]
public sealed partial class AlbertBits;
