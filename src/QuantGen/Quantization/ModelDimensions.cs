namespace QuantGen.Quantization;

/// <summary>The sizes that decide how many parameters a BERT or ALBERT has, its task head not counted.</summary>
/// <param name="VocabularySize">Tokens of the vocabulary.</param>
/// <param name="MaxPositions">Rows of the position embedding.</param>
/// <param name="TokenTypes">Rows of the token type embedding.</param>
/// <param name="HiddenSize">Width of the model.</param>
/// <param name="IntermediateSize">Width of the feed-forward network.</param>
/// <param name="StoredLayers">Layers with weights of their own: all of a BERT, 1 of an ALBERT whose layers share theirs.</param>
/// <param name="EmbeddingSize">Width of the embeddings; when it is not the hidden size, a projection follows them.</param>
internal readonly record struct ModelDimensions(
    int VocabularySize, int MaxPositions, int TokenTypes, int HiddenSize, int IntermediateSize, int StoredLayers, int EmbeddingSize)
{
    /// <summary>Gets the dimensions of bert-base-uncased.</summary>
    public static ModelDimensions BertBaseUncased => new(30522, 512, 2, 768, 3072, 12, 768);

    /// <summary>Gets the dimensions of albert-base-v2.</summary>
    public static ModelDimensions AlbertBaseV2 => new(30000, 512, 2, 768, 3072, 1, 128);

    /// <summary>Gets the parameters of the word embedding.</summary>
    public long WordEmbedding => (long)VocabularySize * EmbeddingSize;

    /// <summary>Gets the parameters of the position and token type embeddings.</summary>
    public long OtherEmbeddings => (long)(MaxPositions + TokenTypes) * EmbeddingSize;

    /// <summary>Gets the parameters of the embedding's LayerNorm.</summary>
    public long EmbeddingNorm => 2L * EmbeddingSize;

    /// <summary>Gets the weights of the projection from embedding to hidden size; 0 when they are the same.</summary>
    public long ProjectionWeights => EmbeddingSize == HiddenSize ? 0 : (long)EmbeddingSize * HiddenSize;

    /// <summary>Gets the biases of the projection from embedding to hidden size; 0 when they are the same.</summary>
    public long ProjectionBiases => EmbeddingSize == HiddenSize ? 0 : HiddenSize;

    /// <summary>Gets the weights of the six linear layers of every stored layer.</summary>
    public long LinearWeights => StoredLayers * ((4L * HiddenSize * HiddenSize) + (2L * HiddenSize * IntermediateSize));

    /// <summary>Gets the biases of the six linear layers of every stored layer.</summary>
    public long LinearBiases => StoredLayers * ((5L * HiddenSize) + IntermediateSize);

    /// <summary>Gets the parameters of the two LayerNorms of every stored layer.</summary>
    public long LayerNorms => StoredLayers * 4L * HiddenSize;

    /// <summary>Gets the weights of the pooler.</summary>
    public long PoolerWeights => (long)HiddenSize * HiddenSize;

    /// <summary>Gets the biases of the pooler.</summary>
    public long PoolerBiases => HiddenSize;

    /// <summary>Gets the number of all parameters.</summary>
    public long Total => WordEmbedding + OtherEmbeddings + EmbeddingNorm + ProjectionWeights + ProjectionBiases + LinearWeights + LinearBiases
        + LayerNorms + PoolerWeights + PoolerBiases;
}
