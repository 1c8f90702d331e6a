namespace QuantGen.Schemes;

/// <summary>What a way to store weights allows, whoever finds the codes: what its rows of <see cref="WeightSchemes"/> allow together.</summary>
public sealed class StorageTraits
{
    private static readonly Dictionary<Storage, StorageTraits> s_all = new()
    {
        [Storage.Uniform] = new StorageTraits(Storage.Uniform),
        [Storage.Codebook] = new StorageTraits(Storage.Codebook),
        [Storage.FullPrecision] = new StorageTraits(Storage.FullPrecision),
        [Storage.BinaryPair] = new StorageTraits(Storage.BinaryPair),
    };

    private readonly SchemeTraits[] _rows;

    private StorageTraits(Storage storage)
    {
        Storage = storage;
        _rows = WeightSchemes.All.Where(row => row.Storage == storage).ToArray();
        Bits = Join(row => row.Bits);
        EmbeddingBits = Join(row => row.EmbeddingBits);
    }

    /// <summary>Gets the member of the enum.</summary>
    public Storage Storage { get; }

    /// <summary>Gets the legal bits of a weight, ascending; the last is the 32 of full precision.</summary>
    public IReadOnlyList<int> Bits { get; }

    /// <summary>Gets the legal bits of a word embedding, ascending; the last is the 32 of full precision.</summary>
    public IReadOnlyList<int> EmbeddingBits { get; }

    /// <summary>Gets the fewest bits that can be trained.</summary>
    public int LeastTrainedBits => _rows.Length == 0 ? Defaults.FullPrecisionBits : _rows.Min(row => row.LeastTrainedBits);

    /// <summary>Gets whether groups of rows can have scales and bits of their own.</summary>
    public bool HasGroups => _rows.Any(row => row.HasGroups);

    /// <summary>Gets whether groups of inputs can have scales of their own.</summary>
    public bool HasGroupSize => _rows.Any(row => row.HasGroupSize);

    /// <summary>Gets whether codes can have a zero point.</summary>
    public bool HasZeroPoints => _rows.Any(row => row.HasZeroPoints);

    /// <summary>Gets the traits of a storage.</summary>
    /// <param name="storage">A defined member.</param>
    public static StorageTraits Of(Storage storage) => s_all[storage];

    private int[] Join(Func<SchemeTraits, IEnumerable<int>> bits) =>
        _rows.SelectMany(bits).Distinct().OrderBy(b => b).Concat(new[] { Defaults.FullPrecisionBits }).ToArray();
}
