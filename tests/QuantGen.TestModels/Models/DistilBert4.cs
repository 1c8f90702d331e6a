namespace QuantGen.TestModels.Models;

/// <summary>No token types, and a rectifier in the head.</summary>
[QuantizedBert(bits: 4, Config = "distilbert.json", Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class DistilBert4;
