using QuantGen.Schemes;
using QuantGen.Specs;

namespace QuantGen.Trainable;

/// <summary>What a generated class needs to know beside its spec to be trained.</summary>
public sealed record TrainableOptions
{
    /// <summary>Gets the threads of a pass; 0, the default, means one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Gets the most bytes that the layers of a batch may keep for the backward pass, default 2 GiB. Where all of them would keep more, only the states
    /// between layers are kept, and the backward pass computes each layer once more, for up to a third more time (Chen et al., "Training deep nets with
    /// sublinear memory cost", 2016). Gradients are the same.
    /// </summary>
    public long ActivationBudget { get; init; } = 1L << 31;

    /// <summary>Gets the share of hidden values that dropout clears while training. Default 0.1.</summary>
    public float HiddenDropout { get; init; } = 0.1f;

    /// <summary>Gets the share of attention probabilities that dropout clears while training. Default 0.1.</summary>
    public float AttentionDropout { get; init; } = 0.1f;

    /// <summary>
    /// Gets who finds the codes of weights and what is learned with them. Default <see cref="Scheme.Linear"/>. Matrices of another storage than this
    /// scheme's have the first scheme of theirs.
    /// </summary>
    public Scheme Scheme { get; init; } = Scheme.Linear;

    /// <summary>Gets who finds the codes of the word embedding; null, the default, for <see cref="Scheme"/>.</summary>
    public Scheme? EmbeddingScheme { get; init; }

    /// <summary>Gets how learned thresholds begin. Default <see cref="ScaleInitialization.Truncation"/>.</summary>
    public ScaleInitialization ScaleInitialization { get; init; } = ScaleInitialization.Truncation;

    /// <summary>Gets whether gradients of thresholds are multiplied by 1 / sqrt(elements x levels), as LSQ does. Default false, as KDLSQ-BERT does.</summary>
    public bool ScaleGradientFactor { get; init; }

    /// <summary>
    /// Gets whether quantized attention probabilities use codes of both signs, as KDLSQ-BERT's released code does. Default false: all levels above zero.
    /// </summary>
    public bool SymmetricProbabilities { get; init; }

    /// <summary>Gets how scales of activations of one bit are found. Default <see cref="ActivationScales.Learned"/>.</summary>
    public ActivationScales ActivationScales { get; init; }

    /// <summary>Gets whether ternary weights weigh errors by the optimizer's second moments (loss-aware ternarization). Default false: TWN.</summary>
    public bool LossAware { get; init; }

    /// <summary>Gets Lloyd's iterations when codebooks are made. Default 3.</summary>
    public int ClusterIterations { get; init; } = Recipe.DefaultClusterIterations;

    /// <summary>Gets the seed of the codebooks' first centroids.</summary>
    public ulong ClusterSeed { get; init; }

    /// <summary>Gets the part of these options by which codes are found.</summary>
    public Recipe ToRecipe()
    {
        var recipe = new Recipe { Scheme = Scheme, EmbeddingScheme = EmbeddingScheme, Clipping = Clipping.MinMax };
        bool clusters = WeightSchemes.Of(Scheme).Fitter == WeightFitter.KMeans
            || (EmbeddingScheme is Scheme scheme && WeightSchemes.Of(scheme).Fitter == WeightFitter.KMeans);
        return clusters ? recipe with { ClusterIterations = ClusterIterations, ClusterSeed = ClusterSeed } : recipe;
    }

    /// <summary>Gets how the codes of a quantized matrix are found.</summary>
    internal SchemeTraits For(MatrixSpec matrix) => WeightSchemes.For(matrix.Storage, Scheme);

    /// <summary>Gets how the codes of a quantized word embedding are found.</summary>
    internal SchemeTraits ForEmbedding(Storage storage) => WeightSchemes.For(storage, EmbeddingScheme ?? Scheme);
}
