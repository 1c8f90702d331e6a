namespace QuantGen.TestModels.Models;

/// <summary>Has no floats, a rectifier, weights of 4 and 7 bits and an embedding whose words are stored as floats.</summary>
[
    QuantizedBert(
        bits: 4, Config = "bert.json", Numerics = Numerics.Integer, HiddenActivation = HiddenActivation.Relu, EmbeddingBits = 32,
        Head = BertHead.QuestionAnswering, MaxSequenceLength = 24, MaxBatchTokens = 256),
    LayerBits("encoder.layer.1.*", 7),
]
public sealed partial class Bert4Integer;
