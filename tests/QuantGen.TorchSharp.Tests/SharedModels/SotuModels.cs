namespace QuantGen.TorchSharp.Tests.SharedModels;

/// <summary>The shared masked language model <c>sotu-mlm</c> in full precision.</summary>
[QuantizedBert(
    bits: 32, EmbeddingBits = 32, Layers = 4, HiddenSize = 256, Heads = 4, IntermediateSize = 1024, VocabularySize = 6000, MaxPositions = 512,
    Head = BertHead.MaskedLanguageModel, Training = true)]
internal sealed partial class SotuFull;

/// <summary>The shared masked language model <c>sotu-mlm</c> of 2 bits with learned thresholds, 8 for words.</summary>
[QuantizedBert(
    bits: 2, EmbeddingBits = 8, ActivationRange = ActivationRange.Static, AttentionBits = 8, Layers = 4, HiddenSize = 256, Heads = 4, IntermediateSize = 1024,
    VocabularySize = 6000, MaxPositions = 512,
    Head = BertHead.MaskedLanguageModel, Training = true)]
internal sealed partial class SotuLsq;
