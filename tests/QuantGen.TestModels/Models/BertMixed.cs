namespace QuantGen.TestModels.Models;

/// <summary>Has groups of rows with different bits inside one matrix.</summary>
[
    QuantizedBert(
        bits: 4, groups: 4, Config = "bert.json", Plan = "mixed.json", Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256),
]
public sealed partial class BertMixed;
