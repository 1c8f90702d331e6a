namespace QuantGen.TestModels.Models;

/// <summary>Weights and words are floats, positions are codes, and there are no token types.</summary>
[QuantizedBert(bits: 32, Config = "distilbert.json", PositionBits = 8, Head = BertHead.TokenClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class DistilBert32P8;
