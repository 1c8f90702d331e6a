namespace QuantGen.TestModels.Models;

/// <summary>Has pairs of one bit that meet activations of one bit.</summary>
[QuantizedBert(bits: 1, Config = "bert.json", Storage = Storage.BinaryPair, ActivationBits = 1, Head = BertHead.TokenClassification,
    MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class BertPairs1A1;
