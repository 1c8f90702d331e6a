namespace QuantGen.TestModels.Models;

/// <summary>Uses one layer of one-bit weights three times; every use has scales and shifts of its own for activations of one bit.</summary>
[QuantizedBert(bits: 1, Config = "albert.json", ActivationBits = 1, HiddenActivation = HiddenActivation.Tanh, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Albert1A1;
