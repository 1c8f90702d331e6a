namespace QuantGen.TestModels.Models;

/// <summary>Uses one layer three times with calibrated ranges for every use.</summary>
[
    QuantizedBert(
        bits: 4, Config = "albert.json", GroupSize = 32, Mapping = Mapping.Asymmetric, ActivationRange = ActivationRange.Static, Head = BertHead.Regression,
        MaxSequenceLength = 24, MaxBatchTokens = 256),
]
public sealed partial class Albert4Static;
