namespace QuantGen.TestModels.Models;

/// <summary>Uses one 2-bit layer three times.</summary>
[QuantizedBert(bits: 2, groups: 4, Config = "albert.json", Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class Albert2;
