namespace QuantGen.Schemes;

/// <summary>The table of weight schemes: whatever depends on a scheme reads its row.</summary>
public static class WeightSchemes
{
    private static readonly int[] s_oneToEight = { 1, 2, 3, 4, 5, 6, 7, 8 };

    // A symmetric code of one bit would have no level but zero.
    private static readonly int[] s_twoToEight = { 2, 3, 4, 5, 6, 7, 8 };

    private static readonly int[] s_one = { 1 };

    // The table of a codebook stands in registers.
    private static readonly int[] s_labels = { 1, 2, 3, 4, 5 };

    /// <summary>Gets the rows. The first of a storage is what a matrix of that storage has when nothing else is said.</summary>
    public static IReadOnlyList<SchemeTraits> All { get; } = new[]
    {
        new SchemeTraits
        {
            Scheme = Scheme.Linear, Name = "linear", Method = "q8bert", Storage = Storage.Uniform,
            Bits = s_oneToEight, EmbeddingBits = s_oneToEight, LeastTrainedBits = 1,
            Fitter = WeightFitter.Range, Learns = LearnedPart.Nothing, Embedding = EmbeddingForm.RowScales,
            HasClipping = true, HasGroups = true, HasGroupSize = true, HasZeroPoints = true,
        },
        new SchemeTraits
        {
            Scheme = Scheme.Lsq, Name = "lsq", Storage = Storage.Uniform,
            Bits = s_twoToEight, EmbeddingBits = s_twoToEight, LeastTrainedBits = 2,
            Fitter = WeightFitter.Threshold, Learns = LearnedPart.Thresholds, Embedding = EmbeddingForm.OneScale,
            HasGroups = true, HasSymmetricActivations = true,
        },
        new SchemeTraits
        {
            Scheme = Scheme.Ternary, Name = "ternary", Storage = Storage.Uniform,
            Bits = s_oneToEight, EmbeddingBits = s_oneToEight, LeastTrainedBits = 1,
            Fitter = WeightFitter.Ternary, Learns = LearnedPart.Nothing, Embedding = EmbeddingForm.RowScales,
            HasGroups = true, HasSymmetricActivations = true,
        },
        new SchemeTraits
        {
            Scheme = Scheme.KMeans, Name = "k-means", Storage = Storage.Codebook,
            Bits = s_labels, EmbeddingBits = s_labels, LeastTrainedBits = 1,
            Fitter = WeightFitter.KMeans, Learns = LearnedPart.Centroids, Embedding = EmbeddingForm.Codebook,
            HasSymmetricActivations = true,
        },
        new SchemeTraits
        {
            Scheme = Scheme.LinearClusters, Name = "linear-clusters", Storage = Storage.Codebook,
            Bits = s_labels, EmbeddingBits = s_labels, LeastTrainedBits = 1,
            Fitter = WeightFitter.Bins, Learns = LearnedPart.Centroids, Embedding = EmbeddingForm.Codebook,
            HasSymmetricActivations = true,
        },
        new SchemeTraits
        {
            Scheme = Scheme.BinaryBert, Name = "binarybert", Storage = Storage.BinaryPair,
            Bits = s_one, EmbeddingBits = s_one, LeastTrainedBits = 1,
            Fitter = WeightFitter.Split, Learns = LearnedPart.Nothing, Embedding = EmbeddingForm.RowScales,
            HasGroups = true, HasSymmetricActivations = true,
        },
        new SchemeTraits
        {
            Scheme = Scheme.Bit, Name = "bit", Storage = Storage.Uniform,
            Bits = s_one, EmbeddingBits = s_twoToEight, LeastTrainedBits = 1,
            Fitter = WeightFitter.Centered, Learns = LearnedPart.Ranges, Embedding = EmbeddingForm.RowScales,
            HasGroups = true, HasSymmetricActivations = true,
        },
        new SchemeTraits
        {
            Scheme = Scheme.BiBert, Name = "bibert", Storage = Storage.Uniform,
            Bits = s_one, EmbeddingBits = s_twoToEight, LeastTrainedBits = 1,
            Fitter = WeightFitter.CenteredSigns, Learns = LearnedPart.Ranges, Embedding = EmbeddingForm.RowScales,
            HasGroups = true, HasSymmetricActivations = true,
        },
        new SchemeTraits
        {
            Scheme = Scheme.FullyQt, Name = "fullyqt", Storage = Storage.Uniform,
            Bits = s_twoToEight, EmbeddingBits = s_twoToEight, LeastTrainedBits = 2,
            Fitter = WeightFitter.Range, Learns = LearnedPart.Nothing, Embedding = EmbeddingForm.RowScales,
            HasGroups = true, KeepsRanges = true,
        },
    };

    /// <summary>Gets the row of a scheme.</summary>
    /// <param name="scheme">A defined member.</param>
    public static SchemeTraits Of(Scheme scheme) => All.First(row => row.Scheme == scheme);

    /// <summary>Gets the row with a name; null when there is none.</summary>
    /// <param name="name">A name as <see cref="SchemeTraits.Name"/> spells it.</param>
    public static SchemeTraits? Find(string name) => All.FirstOrDefault(row => row.Name == name);

    /// <summary>Gets the scheme that fills a storage: the preferred one where it does, else the storage's first.</summary>
    /// <param name="storage">Uniform codes or a codebook.</param>
    /// <param name="preferred">What is wanted.</param>
    public static SchemeTraits For(Storage storage, Scheme preferred) =>
        Of(preferred) is var row && row.Storage == storage ? row : All.First(other => other.Storage == storage);

    /// <summary>Lists the names for a message.</summary>
    public static string Choices() => string.Join(" or ", All.Select(row => "'" + row.Name + "'"));
}
