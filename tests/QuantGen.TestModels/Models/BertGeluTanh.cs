namespace QuantGen.TestModels.Models;

/// <summary>Has the tanh form of GELU, also in the head's transform, 7-bit weights and attention of 5 bits.</summary>
[QuantizedBert(bits: 7, Config = "bert.json", HiddenActivation = HiddenActivation.GeluNew, EmbeddingBits = 6, AttentionBits = 5,
    Head = BertHead.MaskedLanguageModel, MaxSequenceLength = 24, MaxBatchTokens = 256)]
public sealed partial class BertGeluTanh;
