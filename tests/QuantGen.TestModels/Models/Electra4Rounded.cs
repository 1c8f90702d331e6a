namespace QuantGen.TestModels.Models;

/// <summary>An ELECTRA that rounds everything to 4 bits, with a rectifier.</summary>
[
    QuantizedBert(
        bits: 4, Config = "electra.json", Numerics = Numerics.Quantized, ActivationBits = 4,
        HiddenActivation = HiddenActivation.Relu, Head = BertHead.Regression,
        MaxSequenceLength = 24, MaxBatchTokens = 256),
]
public sealed partial class Electra4Rounded;
