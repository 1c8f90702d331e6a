namespace QuantGen.TestModels.Models;

/// <summary>Has matrices with codebooks beside integer products and full precision.</summary>
[QuantizedBert(bits: 4, Config = "bert.json", Plan = "codebooks.json", Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class BertCodebookMixed;
