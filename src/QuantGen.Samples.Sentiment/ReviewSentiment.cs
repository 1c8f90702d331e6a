namespace QuantGen.Samples.Sentiment;

/// <summary>Says whether a sentence of a film review is positive.</summary>
/// <remarks>
/// Weights and word embeddings have 2 bits, activations 8, those of attention included (KDLSQ-BERT). README shows the two commands that trained the teacher, a
/// checkpoint of 25 MB, and under it the packed file.
/// </remarks>
[QuantizedBert(
    bits: 2,
    Config = "config.json",
    EmbeddingBits = 2,
    ActivationRange = ActivationRange.Static,
    AttentionBits = 8,
    Head = BertHead.SequenceClassification)]
public sealed partial class ReviewSentiment;
