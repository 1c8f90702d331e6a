namespace QuantGen;

/// <summary>Turns a partial class into a quantized BERT or ALBERT whose code is generated at compile time.</summary>
/// <remarks>
/// Dimensions come from <see cref="Config"/> (a Hugging Face <c>config.json</c> given as an <c>AdditionalFiles</c> item) or from the
/// explicit properties; a property that is set overrides the file. Without either the class is bert-base-uncased.
/// Anything illegal is a compiler error whose id starts with QG.
/// </remarks>
[AttributeUsage(AttributeTargets.Class)]
public sealed class QuantizedBertAttribute : Attribute
{
    /// <summary>Describes the weights of the encoder's linear layers and of the pooler.</summary>
    /// <param name="bits">Bits of a weight: 1, 2, 3, 4, 8, or 32 for full precision; 5 with a codebook.</param>
    /// <param name="groups">Q-BERT's count of groups per matrix, taken along output rows; it must divide the rows of every matrix. Default 1.</param>
    public QuantizedBertAttribute(int bits, int groups = 1)
    {
        Bits = bits;
        Groups = groups;
    }

    /// <summary>
    /// Gets the bits of a weight: 1, 2, 3, 4, 8, or 32 for full precision; 1 to 5 or 32 with a codebook, 2, 3, 4, 8 or 32 with learned or ternary scales.
    /// </summary>
    public int Bits { get; }

    /// <summary>Gets the number of groups per matrix along output rows (Shen et al., Q-BERT, section 3.2); each has a scale of its own.</summary>
    public int Groups { get; }

    /// <summary>Gets or sets the number of inputs that share a scale, a multiple of 32; 0, the default, means a whole row. Excludes groups above 1.</summary>
    public int GroupSize { get; set; }

    /// <summary>Gets or sets the end of the path of an <c>AdditionalFiles</c> item that is the model's Hugging Face <c>config.json</c>.</summary>
    public string? Config { get; set; }

    /// <summary>Gets or sets the end of the path of an <c>AdditionalFiles</c> item with bits, mapping and clipping per matrix and per group.</summary>
    public string? Plan { get; set; }

    /// <summary>
    /// Gets or sets the bits of an activation that enters a quantized product: 2, 4, 8 (default), or 32 where codebooks and
    /// full-precision weights are all there is.
    /// </summary>
    public int ActivationBits { get; set; } = 8;

    /// <summary>
    /// Gets or sets the bits of what attention multiplies (queries, keys, values and probabilities): 2, 4, 8, or 32 (default) for full precision.
    /// Their ranges are always calibrated or learned.
    /// </summary>
    public int AttentionBits { get; set; } = 32;

    /// <summary>Gets or sets the bits of the word embedding, one scale per row: 2, 4, 8 (default) or 32; 1 to 5 or 32 with a codebook.</summary>
    public int EmbeddingBits { get; set; } = 8;

    /// <summary>Gets or sets the family of weight quantizers. Default <see cref="Scheme.Linear"/>.</summary>
    public Scheme Scheme { get; set; } = Scheme.Linear;

    /// <summary>Gets or sets the family of the word embedding's quantizer. Default: that of <see cref="Scheme"/>.</summary>
    public Scheme EmbeddingScheme { get; set; }

    /// <summary>Gets or sets whether code for training the model is generated, too. Default false.</summary>
    public bool Training { get; set; }

    /// <summary>Gets or sets whether codes are symmetric around zero. Default <see cref="Mapping.Symmetric"/>.</summary>
    public Mapping Mapping { get; set; } = Mapping.Symmetric;

    /// <summary>Gets or sets how the ranges of weights and of static activations are found. Default <see cref="Clipping.Mse"/>.</summary>
    public Clipping Clipping { get; set; } = Clipping.Mse;

    /// <summary>Gets or sets where an activation's range comes from. Default <see cref="ActivationRange.PerToken"/>.</summary>
    public ActivationRange ActivationRange { get; set; } = ActivationRange.PerToken;

    /// <summary>Gets or sets what stands on top of the encoder. Default <see cref="BertHead.Encoder"/>.</summary>
    public BertHead Head { get; set; } = BertHead.Encoder;

    /// <summary>Gets or sets the labels in the order of the head's outputs. Default: those of <see cref="Config"/>, else LABEL_0, LABEL_1.</summary>
    public string[]? Labels { get; set; }

    /// <summary>Gets or sets the longest sequence in tokens that the memory plan provides for. Default 128.</summary>
    public int MaxSequenceLength { get; set; } = 128;

    /// <summary>Gets or sets the most tokens of one pass; larger batches are split between sequences. Default 4096.</summary>
    public int MaxBatchTokens { get; set; } = 4096;

    /// <summary>Gets or sets the architecture. Default <see cref="BertArchitecture.Bert"/>.</summary>
    public BertArchitecture Architecture { get; set; }

    /// <summary>Gets or sets the number of encoder layers (of uses of the shared layer for ALBERT).</summary>
    public int Layers { get; set; }

    /// <summary>Gets or sets the width of the hidden states.</summary>
    public int HiddenSize { get; set; }

    /// <summary>Gets or sets the width of the embeddings; differs from <see cref="HiddenSize"/> only for ALBERT.</summary>
    public int EmbeddingSize { get; set; }

    /// <summary>Gets or sets the number of attention heads; it must divide <see cref="HiddenSize"/>.</summary>
    public int Heads { get; set; }

    /// <summary>Gets or sets the width of the feed-forward layer.</summary>
    public int IntermediateSize { get; set; }

    /// <summary>Gets or sets the number of word pieces.</summary>
    public int VocabularySize { get; set; }

    /// <summary>Gets or sets the number of positions with an embedding.</summary>
    public int MaxPositions { get; set; }

    /// <summary>Gets or sets the number of token types with an embedding.</summary>
    public int TypeVocabularySize { get; set; }

    /// <summary>
    /// Gets or sets the feed-forward activation. Default <see cref="HiddenActivation.Gelu"/> (BERT) or <see cref="HiddenActivation.GeluNew"/> (ALBERT).
    /// </summary>
    public HiddenActivation HiddenActivation { get; set; }
}
