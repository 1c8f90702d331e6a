using QuantGen.Graph;
using QuantGen.Schemes;

namespace QuantGen.Specs;

/// <summary>
/// How a model's codes were found. It travels in the packed file and is shown to people; nothing compares it, because neither code nor layout depends
/// on it: two recipes for one <see cref="ModelSpec"/> give files for the same class. Compared by value.
/// </summary>
public sealed record Recipe
{
    /// <summary>Lloyd's iterations unless told otherwise.</summary>
    public const int DefaultClusterIterations = 3;

    /// <summary>Gets who finds codes. Default <see cref="Scheme.Linear"/>. Matrices of another storage have the first scheme of theirs.</summary>
    public Scheme Scheme { get; init; } = Scheme.Linear;

    /// <summary>Gets who finds the codes of the word embedding; null, the default, for <see cref="Scheme"/>.</summary>
    public Scheme? EmbeddingScheme { get; init; }

    /// <summary>Gets how ranges of weights and of calibrated activations are found, where the scheme clips. Default <see cref="Clipping.Mse"/>.</summary>
    public Clipping Clipping { get; init; } = Clipping.Mse;

    /// <summary>Gets what differs for some matrices, in order: later entries win.</summary>
    public EquatableArray<RecipeEntry> Matrices { get; init; }

    /// <summary>Gets Lloyd's iterations when codebooks are found by k-means, at least 1.</summary>
    public int ClusterIterations { get; init; } = DefaultClusterIterations;

    /// <summary>Gets the seed of k-means' first centroids, the same for every matrix.</summary>
    public ulong ClusterSeed { get; init; }

    /// <summary>Gets the data that calibrated activations; null without calibration.</summary>
    public CalibrationRecipe? Calibration { get; init; }

    /// <summary>Gets the steps of a quantization after training, in order; empty where clipping and schemes say all.</summary>
    public EquatableArray<RecipeStep> Steps { get; init; }

    /// <summary>Gets the training that moved the weights; null when they are the checkpoint's.</summary>
    public TrainingRecipe? Training { get; init; }

    /// <summary>Gets how the codes of a matrix are found.</summary>
    /// <param name="matrix">A quantized matrix.</param>
    public MatrixRecipe For(MatrixSpec matrix)
    {
        Scheme scheme = Scheme;
        Clipping clipping = Clipping;
        EquatableArray<int> groupClipping = default;
        foreach (RecipeEntry entry in Matrices)
        {
            if (LayerPattern.Compile(entry.Pattern) is { } matches && matches(matrix.Name))
            {
                scheme = entry.Scheme ?? scheme;
                clipping = entry.Clipping ?? clipping;

                // One clipping for the whole matrix, said later, wins over one for each group.
                groupClipping = entry.GroupClipping.Count > 0 ? entry.GroupClipping : entry.Clipping is null ? groupClipping : default;
            }
        }

        return new MatrixRecipe(WeightSchemes.For(matrix.Storage, scheme), clipping, groupClipping);
    }

    /// <summary>Gets how the codes of a quantized word embedding are found.</summary>
    /// <param name="storage">How it is stored.</param>
    public SchemeTraits ForEmbedding(Storage storage) => WeightSchemes.For(storage, EmbeddingScheme ?? Scheme);

    /// <summary>Gets whether codes of a model are found by a fitter, those of its word embedding included.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="fitter">The fitter.</param>
    public bool Uses(ModelSpec spec, WeightFitter fitter) =>
        (spec.HasQuantizedEmbedding && ForEmbedding(spec.EmbeddingStorage).Fitter == fitter)
        || spec.Matrices.Any(matrix => matrix.IsQuantized && For(matrix).Traits.Fitter == fitter);
}
