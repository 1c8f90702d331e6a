namespace QuantGen.TestModels.Trainable;

/// <summary>No head: the hidden states are the result; one layer keeps full precision.</summary>
[QuantizedBert(bits: 8, Config = "bert.json", EmbeddingBits = 8, ActivationRange = ActivationRange.Static, Head = BertHead.Encoder, MaxSequenceLength = 24,
    MaxBatchTokens = 256, Training = true)]
[LayerBits("encoder.layer.0.*", 32)]
[LayerBits("encoder.layer.1.attention.self.query", 32)]
public sealed partial class BertStates;
