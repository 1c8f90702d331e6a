namespace QuantGen.TorchSharp.Tests.SharedModels;

/// <summary>The shared checkpoint <c>sst2-albert</c> in full precision.</summary>
[QuantizedBert(
    bits: 32, EmbeddingBits = 32, Architecture = BertArchitecture.Albert, Layers = 4, HiddenSize = 256, EmbeddingSize = 96, Heads = 4, IntermediateSize = 1024,
    VocabularySize = 7819,
    MaxPositions = 512, HiddenActivation = HiddenActivation.GeluNew,
    Head = BertHead.SequenceClassification, Labels = new[] { "LABEL_0", "LABEL_1" }, Training = true)]
internal sealed partial class AlbertFull;

/// <summary>The shared checkpoint <c>sst2-albert</c> of 2 bits with learned thresholds.</summary>
[QuantizedBert(
    bits: 2, EmbeddingBits = 2, ActivationRange = ActivationRange.Static, AttentionBits = 8, Architecture = BertArchitecture.Albert, Layers = 4,
    HiddenSize = 256, EmbeddingSize = 96, Heads = 4, IntermediateSize = 1024, VocabularySize = 7819,
    MaxPositions = 512, HiddenActivation = HiddenActivation.GeluNew,
    Head = BertHead.SequenceClassification, Labels = new[] { "LABEL_0", "LABEL_1" }, Training = true)]
internal sealed partial class AlbertLsq;

/// <summary>The shared checkpoint <c>sst2-albert</c> of ternary weights.</summary>
[QuantizedBert(
    bits: 2, EmbeddingBits = 2, AttentionBits = 8, Architecture = BertArchitecture.Albert, Layers = 4, HiddenSize = 256, EmbeddingSize = 96, Heads = 4,
    IntermediateSize = 1024, VocabularySize = 7819,
    MaxPositions = 512, HiddenActivation = HiddenActivation.GeluNew,
    Head = BertHead.SequenceClassification, Labels = new[] { "LABEL_0", "LABEL_1" }, Training = true)]
internal sealed partial class AlbertTernary;

/// <summary>The shared checkpoint <c>sst2-albert</c> of codebooks with eight values.</summary>
[QuantizedBert(
    bits: 3, EmbeddingBits = 3, Storage = Storage.Codebook, Architecture = BertArchitecture.Albert, Layers = 4, HiddenSize = 256, EmbeddingSize = 96, Heads = 4,
    IntermediateSize = 1024, VocabularySize = 7819,
    MaxPositions = 512, HiddenActivation = HiddenActivation.GeluNew,
    Head = BertHead.SequenceClassification, Labels = new[] { "LABEL_0", "LABEL_1" }, Training = true)]
internal sealed partial class AlbertKMeans;
