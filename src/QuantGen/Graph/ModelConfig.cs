namespace QuantGen.Graph;

/// <summary>The dimensions of a model: what a Hugging Face <c>config.json</c> says, as far as inference depends on it. Compared by value.</summary>
public sealed record ModelConfig
{
    /// <summary>Gets the architecture.</summary>
    public BertArchitecture Architecture { get; init; } = BertArchitecture.Bert;

    /// <summary>Gets the number of encoder layers (uses of the shared layer for ALBERT).</summary>
    public int Layers { get; init; } = 12;

    /// <summary>Gets the width of the hidden states.</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary>Gets the width of the embeddings; equals <see cref="HiddenSize"/> for BERT.</summary>
    public int EmbeddingSize { get; init; } = 768;

    /// <summary>Gets the number of attention heads.</summary>
    public int Heads { get; init; } = 12;

    /// <summary>Gets the width of queries, keys and values of all heads together where it is below <see cref="HiddenSize"/>; 0 where it is that.</summary>
    public int AttentionSize { get; init; }

    /// <summary>Gets the width of queries, keys and values of all heads together.</summary>
    public int AttentionWidth => AttentionSize == 0 ? HiddenSize : AttentionSize;

    /// <summary>Gets the width of the feed-forward layer.</summary>
    public int IntermediateSize { get; init; } = 3072;

    /// <summary>Gets the number of word pieces.</summary>
    public int VocabularySize { get; init; } = 30522;

    /// <summary>Gets the number of positions with an embedding.</summary>
    public int MaxPositions { get; init; } = 512;

    /// <summary>Gets the number of token types with an embedding.</summary>
    public int TypeVocabularySize { get; init; } = 2;

    /// <summary>Gets the feed-forward activation.</summary>
    public HiddenActivation HiddenActivation { get; init; } = HiddenActivation.Gelu;

    /// <summary>Gets what layer normalization adds to the variance.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-12;

    /// <summary>Gets the labels in the order of the head's outputs.</summary>
    public EquatableArray<string> Labels { get; init; } = new(new[] { "LABEL_0", "LABEL_1" });

    /// <summary>Gets the head that the file's <c>architectures</c> and <c>problem_type</c> name.</summary>
    public BertHead Head { get; init; } = BertHead.Encoder;

    /// <summary>Gets what the file's <c>problem_type</c>, or what a cross-encoder's folder says, does to the head's outputs.</summary>
    public OutputActivation OutputActivation { get; init; }
}
