namespace QuantGen.TestModels.Models;

/// <summary>An ELECTRA without floats, of 6-bit weights.</summary>
[QuantizedBert(bits: 6, Config = "electra.json", Numerics = Numerics.Integer, Head = BertHead.Regression, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Electra6Integer;
