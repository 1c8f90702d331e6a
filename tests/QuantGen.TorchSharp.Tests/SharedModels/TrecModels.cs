namespace QuantGen.TorchSharp.Tests.SharedModels;

/// <summary>The shared checkpoint <c>trec</c> in full precision.</summary>
[QuantizedBert(
    bits: 32, EmbeddingBits = 32, Layers = 3, HiddenSize = 192, Heads = 3, IntermediateSize = 768, VocabularySize = 4363, MaxPositions = 512,
    Head = BertHead.SequenceClassification, Labels = new[] { "LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3", "LABEL_4", "LABEL_5" }, Training = true)]
internal sealed partial class TrecFull;

/// <summary>The shared checkpoint <c>trec</c> of 2 bits with learned thresholds.</summary>
[QuantizedBert(
    bits: 2, EmbeddingBits = 2, ActivationRange = ActivationRange.Static, AttentionBits = 8, Layers = 3, HiddenSize = 192, Heads = 3, IntermediateSize = 768,
    VocabularySize = 4363, MaxPositions = 512,
    Head = BertHead.SequenceClassification, Labels = new[] { "LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3", "LABEL_4", "LABEL_5" }, Training = true)]
internal sealed partial class TrecLsq;

/// <summary>The shared checkpoint <c>trec</c> of ternary weights.</summary>
[QuantizedBert(
    bits: 2, EmbeddingBits = 2, AttentionBits = 8, Layers = 3, HiddenSize = 192, Heads = 3, IntermediateSize = 768, VocabularySize = 4363, MaxPositions = 512,
    Head = BertHead.SequenceClassification, Labels = new[] { "LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3", "LABEL_4", "LABEL_5" }, Training = true)]
internal sealed partial class TrecTernary;

/// <summary>The shared checkpoint <c>trec</c> of codebooks with eight values.</summary>
[QuantizedBert(
    bits: 3, EmbeddingBits = 3, Storage = Storage.Codebook, Layers = 3, HiddenSize = 192, Heads = 3, IntermediateSize = 768, VocabularySize = 4363,
    MaxPositions = 512,
    Head = BertHead.SequenceClassification, Labels = new[] { "LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3", "LABEL_4", "LABEL_5" }, Training = true)]
internal sealed partial class TrecKMeans;
