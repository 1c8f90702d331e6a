namespace QuantGen.TorchSharp.Tests.SharedModels;

/// <summary>The shared checkpoint <c>sst2</c> in full precision.</summary>
[QuantizedBert(
    bits: 32, EmbeddingBits = 32, Layers = 4, HiddenSize = 256, Heads = 4, IntermediateSize = 1024, VocabularySize = 11371, MaxPositions = 512,
    Head = BertHead.SequenceClassification, Labels = new[] { "LABEL_0", "LABEL_1" }, Training = true)]
internal sealed partial class Sst2Full;

/// <summary>The shared checkpoint <c>sst2</c> of 2 bits with learned thresholds.</summary>
[QuantizedBert(
    bits: 2, EmbeddingBits = 2, ActivationRange = ActivationRange.Static, AttentionBits = 8, Layers = 4, HiddenSize = 256, Heads = 4, IntermediateSize = 1024,
    VocabularySize = 11371, MaxPositions = 512,
    Head = BertHead.SequenceClassification, Labels = new[] { "LABEL_0", "LABEL_1" }, Training = true)]
internal sealed partial class Sst2Lsq;

/// <summary>The shared checkpoint <c>sst2</c> of ternary weights.</summary>
[QuantizedBert(
    bits: 2, EmbeddingBits = 2, AttentionBits = 8, Layers = 4, HiddenSize = 256, Heads = 4, IntermediateSize = 1024, VocabularySize = 11371, MaxPositions = 512,
    Head = BertHead.SequenceClassification, Labels = new[] { "LABEL_0", "LABEL_1" }, Training = true)]
internal sealed partial class Sst2Ternary;

/// <summary>The shared checkpoint <c>sst2</c> of codebooks with eight values.</summary>
[QuantizedBert(
    bits: 3, EmbeddingBits = 3, Storage = Storage.Codebook, Layers = 4, HiddenSize = 256, Heads = 4, IntermediateSize = 1024, VocabularySize = 11371,
    MaxPositions = 512,
    Head = BertHead.SequenceClassification, Labels = new[] { "LABEL_0", "LABEL_1" }, Training = true)]
internal sealed partial class Sst2KMeans;
