namespace QuantGen.TestModels.Models;

/// <summary>Words are sums of two of one bit, and so are the weights of the layer that ALBERT shares; positions have 8 bits.</summary>
[QuantizedBert(bits: 1, Config = "albert.json", Storage = Storage.BinaryPair, EmbeddingBits = 1, PositionBits = 8, Head = BertHead.MaskedLanguageModel,
    MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Albert1P8Pairs;
