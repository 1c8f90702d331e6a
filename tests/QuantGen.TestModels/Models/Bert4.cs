namespace QuantGen.TestModels.Models;

/// <summary>Has 4-bit weights and no head.</summary>
[QuantizedBert(bits: 4, groups: 4, Config = "bert.json", Head = BertHead.Encoder, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Bert4;
