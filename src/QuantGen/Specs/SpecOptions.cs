using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>What the attribute, or the command line, says about a model beside its dimensions. Compared by value.</summary>
public sealed record SpecOptions
{
    /// <summary>Gets what <see cref="PositionBits"/> may be.</summary>
    public static IReadOnlyList<int> LegalPositionBits { get; } = new[] { 8, Defaults.FullPrecisionBits };

    /// <summary>Gets the bits of a weight.</summary>
    public int Bits { get; init; } = Defaults.FullPrecisionBits;

    /// <summary>Gets the groups per matrix along output rows.</summary>
    public int GroupCount { get; init; } = Defaults.Groups;

    /// <summary>Gets the inputs that share a scale, or 0 for a whole row.</summary>
    public int GroupSize { get; init; }

    /// <summary>Gets the bits of activations; null for the default, which is 32 where codebooks leave no integer product, else 8.</summary>
    public int? ActivationBits { get; init; }

    /// <summary>Gets the bits of what attention multiplies, 32 for full precision; null for the default, which is 32, and 8 without floats.</summary>
    public int? AttentionBits { get; init; }

    /// <summary>Gets what the model computes with between its products.</summary>
    public Numerics Numerics { get; init; }

    /// <summary>Gets how attention weighs values.</summary>
    public AttentionKind Attention { get; init; }

    /// <summary>Gets the bits of the word embedding; null for the default, which is 8, or the bits of a weight in full precision or with a codebook.</summary>
    public int? EmbeddingBits { get; init; }

    /// <summary>Gets the bits of the embeddings of positions and of token types; 32 for full precision.</summary>
    public int PositionBits { get; init; } = Defaults.PositionBits;

    /// <summary>Gets how weights are stored.</summary>
    public Storage Storage { get; init; } = Storage.Uniform;

    /// <summary>Gets how the word embedding is stored; null for <see cref="Storage"/>.</summary>
    public Storage? EmbeddingStorage { get; init; }

    /// <summary>Gets symmetric or asymmetric.</summary>
    public Mapping Mapping { get; init; } = Mapping.Symmetric;

    /// <summary>
    /// Gets where activation ranges come from; null for the default, which is from each token, but stored where activations have one bit or there
    /// are no floats.
    /// </summary>
    public ActivationRange? ActivationRange { get; init; }

    /// <summary>Gets whether residuals have a factor per column.</summary>
    public bool HasResidualFactors { get; init; }

    /// <summary>Gets what stands on top of the encoder.</summary>
    public BertHead Head { get; init; } = BertHead.Encoder;

    /// <summary>Gets the number of the head's outputs where labels decide it.</summary>
    public int LabelCount { get; init; } = 2;

    /// <summary>Gets whether code for training is wanted, too.</summary>
    public bool Training { get; init; }

    /// <summary>Gets the longest sequence of the memory plan.</summary>
    public int MaxSequenceLength { get; init; } = Defaults.MaxSequenceLength;

    /// <summary>Gets the most tokens of one pass.</summary>
    public int MaxBatchTokens { get; init; } = Defaults.MaxBatchTokens;

    /// <summary>Gets the overrides of bits by pattern, in order.</summary>
    public EquatableArray<LayerBitsRule> LayerBits { get; init; }

    /// <summary>Gets the plan's entries, in order.</summary>
    public EquatableArray<PlanEntry> Plan { get; init; }
}
