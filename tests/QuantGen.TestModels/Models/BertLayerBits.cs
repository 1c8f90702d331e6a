namespace QuantGen.TestModels.Models;

/// <summary>Has full precision beside quantized matrices that read the same activations.</summary>
[QuantizedBert(bits: 2, Config = "bert.json", Head = BertHead.SequenceClassification, MaxSequenceLength = 24, MaxBatchTokens = 256)]
[LayerBits("encoder.layer.0.attention.self.key", 32)]
[LayerBits("encoder.layer.1.*", 4)]
[LayerBits("pooler.dense", 8)]
public sealed partial class BertLayerBits;
