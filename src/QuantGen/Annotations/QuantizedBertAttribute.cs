namespace QuantGen;

/// <summary>Turns a partial class into a quantized BERT, ALBERT, DistilBERT or ELECTRA whose code is generated at compile time.</summary>
/// <remarks>
/// Two forms. <c>[QuantizedBert(Spec = "model.spec.json")]</c> takes everything from the file that <c>quantgen</c> writes beside a model, but for
/// <see cref="MaxSequenceLength"/>, <see cref="MaxBatchTokens"/> and <see cref="Training"/>. Or explicitly, <c>[QuantizedBert(bits: 2, groups: 128, ...)]</c>:
/// dimensions come from <see cref="Config"/> (a Hugging Face <c>config.json</c> given as an <c>AdditionalFiles</c> item) or from the
/// explicit properties; a property that is set overrides the file. Without either the class is bert-base-uncased.
/// Anything illegal is a compiler error whose id starts with QG.
/// </remarks>
[AttributeUsage(AttributeTargets.Class)]
public sealed class QuantizedBertAttribute : Attribute
{
    /// <summary>Takes the model from the file that <see cref="Spec"/> names.</summary>
    public QuantizedBertAttribute()
    {
    }

    /// <summary>Describes the weights of the encoder's linear layers and of the pooler.</summary>
    /// <param name="bits">Bits of a weight: 1 to 8, or 32 for full precision; 1 to 5 or 32 with a codebook.</param>
    /// <param name="groups">Q-BERT's count of groups per matrix, taken along output rows; it must divide the rows of every matrix. Default 1.</param>
    public QuantizedBertAttribute(int bits, int groups = Defaults.Groups)
    {
        Bits = bits;
        Groups = groups;
    }

    /// <summary>Gets the bits of a weight: 1 to 8, or 32 for full precision; 1 to 5 or 32 with a codebook. Default 32.</summary>
    public int Bits { get; } = Defaults.FullPrecisionBits;

    /// <summary>Gets the number of groups per matrix along output rows (Shen et al., Q-BERT, section 3.2); each has a scale of its own.</summary>
    public int Groups { get; } = Defaults.Groups;

    /// <summary>Gets or sets the number of inputs that share a scale, a multiple of 32; 0, the default, means a whole row. Excludes groups above 1.</summary>
    public int GroupSize { get; set; }

    /// <summary>Gets or sets the end of the path of an <c>AdditionalFiles</c> item that describes the whole model, <c>x.spec.json</c>.</summary>
    public string? Spec { get; set; }

    /// <summary>Gets or sets the end of the path of an <c>AdditionalFiles</c> item that is the model's Hugging Face <c>config.json</c>.</summary>
    public string? Config { get; set; }

    /// <summary>Gets or sets the end of the path of an <c>AdditionalFiles</c> item with storage, bits and mapping per matrix and per group.</summary>
    public string? Plan { get; set; }

    /// <summary>
    /// Gets or sets the bits of an activation that enters a quantized product: 2 to 8 (default), 1 where weights have one bit, or 32 where codebooks and
    /// full-precision weights are all there is.
    /// </summary>
    public int ActivationBits { get; set; } = Defaults.ActivationBits;

    /// <summary>
    /// Gets or sets the bits of what attention multiplies (queries, keys, values and probabilities): 2 to 8, or 32 for full precision.
    /// Their ranges are always calibrated or learned. Default 32, and 8 with <see cref="Numerics.Integer"/>.
    /// </summary>
    public int AttentionBits { get; set; } = Defaults.AttentionBits;

    /// <summary>
    /// Gets or sets the bits of the word embedding, one scale per row: 1 (the signs) to 8 or 32; 1 to 5 or 32 with a codebook. Default 8, and as many as
    /// <see cref="Bits"/> when those are 32 or the embedding has a codebook.
    /// </summary>
    public int EmbeddingBits { get; set; }

    /// <summary>
    /// Gets or sets the bits of the embeddings of positions and of token types: 8, with one scale per row, or 32 (default) for full precision.
    /// </summary>
    public int PositionBits { get; set; } = Defaults.PositionBits;

    /// <summary>Gets or sets how weights are stored. Default <see cref="Storage.Uniform"/>.</summary>
    public Storage Storage { get; set; } = Storage.Uniform;

    /// <summary>Gets or sets how the word embedding is stored. Default: as <see cref="Storage"/>.</summary>
    public Storage EmbeddingStorage { get; set; }

    /// <summary>Gets or sets whether code for training the model is generated, too. How it is trained is said when it is created. Default false.</summary>
    public bool Training { get; set; }

    /// <summary>Gets or sets whether codes are symmetric around zero. Default <see cref="Mapping.Symmetric"/>.</summary>
    public Mapping Mapping { get; set; } = Mapping.Symmetric;

    /// <summary>
    /// Gets or sets where an activation's range comes from. Default <see cref="ActivationRange.PerToken"/>, and <see cref="ActivationRange.Static"/> where
    /// <see cref="ActivationBits"/> are 1 or there are no floats.
    /// </summary>
    public ActivationRange ActivationRange { get; set; } = ActivationRange.PerToken;

    /// <summary>
    /// Gets or sets what the model computes with between its products. Default <see cref="Numerics.Float"/>. <see cref="Numerics.Integer"/> takes uniform
    /// symmetric weights of 2 to 8 bits without <see cref="GroupSize"/>, 8 bits for activations and attention, and calibrated ranges, which are then the
    /// defaults.
    /// </summary>
    public Numerics Numerics { get; set; }

    /// <summary>
    /// Gets or sets how attention weighs values. Default <see cref="AttentionKind.Softmax"/>. <see cref="AttentionKind.Boolean"/> multiplies one bit, and
    /// excludes <see cref="AttentionBits"/>.
    /// </summary>
    public AttentionKind Attention { get; set; }

    /// <summary>Gets or sets what stands on top of the encoder. Default <see cref="BertHead.Encoder"/>.</summary>
    public BertHead Head { get; set; } = BertHead.Encoder;

    /// <summary>Gets or sets the labels in the order of the head's outputs. Default: those of <see cref="Config"/>, else LABEL_0, LABEL_1.</summary>
    public string[]? Labels { get; set; }

    /// <summary>Gets or sets the longest sequence in tokens that the memory plan provides for. Default 128.</summary>
    public int MaxSequenceLength { get; set; } = Defaults.MaxSequenceLength;

    /// <summary>Gets or sets the most tokens of one pass; larger batches are split between sequences. Default 4096.</summary>
    public int MaxBatchTokens { get; set; } = Defaults.MaxBatchTokens;

    /// <summary>Gets or sets the architecture. Default <see cref="BertArchitecture.Bert"/>.</summary>
    public BertArchitecture Architecture { get; set; }

    /// <summary>Gets or sets the number of encoder layers (of uses of the shared layer for ALBERT).</summary>
    public int Layers { get; set; }

    /// <summary>Gets or sets the width of the hidden states.</summary>
    public int HiddenSize { get; set; }

    /// <summary>Gets or sets the width of the embeddings; differs from <see cref="HiddenSize"/> only for ALBERT and ELECTRA.</summary>
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
