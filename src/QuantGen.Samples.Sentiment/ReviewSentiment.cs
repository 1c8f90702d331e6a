namespace QuantGen.Samples.Sentiment;

/// <summary>Says whether a sentence of a film review is positive.</summary>
/// <remarks>
/// Weights have 1 bit, word embeddings 2. The packed file was made from a checkpoint of 25 MB by
/// <c>quantgen quantize CHECKPOINT --bits 1 --groups 256 --embedding-bits 2 -o sentiment.qg.safetensors</c>.
/// </remarks>
[QuantizedBert(bits: 1, groups: 256, Config = "config.json", EmbeddingBits = 2, Head = BertHead.SequenceClassification)]
public sealed partial class ReviewSentiment;
