using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>One linear layer: its name, shape and how its weights are stored. Compared by value: adding a symbol or a location here breaks caching.</summary>
/// <param name="Name">Canonical name without <c>.weight</c>, such as <c>encoder.layer.0.attention.self.query</c>.</param>
/// <param name="Rows">Outputs.</param>
/// <param name="Columns">Inputs.</param>
/// <param name="Bits">Bits of a weight, 1 to 8 or 32; the largest of <paramref name="GroupBits"/> where precision is mixed.</param>
/// <param name="GroupCount">Groups of consecutive rows that share a scale; divides <paramref name="Rows"/>; 1 when <paramref name="GroupSize"/> is
/// used.</param>
/// <param name="GroupSize">Inputs that share a scale within a row, or 0 for the whole row; the last group of a row may be shorter.</param>
/// <param name="Mapping">How codes are spread.</param>
/// <param name="GroupBits">Bits of each group where precision is mixed inside the matrix; otherwise empty.</param>
public sealed record MatrixSpec(
    string Name,
    int Rows,
    int Columns,
    int Bits,
    int GroupCount,
    int GroupSize,
    Mapping Mapping,
    EquatableArray<int> GroupBits)
{
    /// <summary>Gets how the weights are stored; <see cref="Storage.FullPrecision"/> exactly when they have 32 bits.</summary>
    public Storage Storage { get; init; } = Bits == Defaults.FullPrecisionBits ? Storage.FullPrecision : Storage.Uniform;

    /// <summary>Gets whether codes are labels of a codebook, whose values meet full-precision activations.</summary>
    public bool HasCodebook => Storage == Storage.Codebook;

    /// <summary>Gets whether the weights are evenly spaced codes.</summary>
    public bool IsUniform => Storage == Storage.Uniform;

    /// <summary>Gets whether the weights are the sum of two matrices of one bit: the rows of the first are stored, then those of the second.</summary>
    public bool IsPair => Storage == Storage.BinaryPair;

    /// <summary>Gets whether the weights meet integer activations.</summary>
    public bool HasIntegerProduct => IsUniform || IsPair;

    /// <summary>Gets the rows of codes that are stored: twice the outputs of a pair.</summary>
    public int StoredRowCount => IsPair ? 2 * Rows : Rows;

    /// <summary>Gets the numbers of the codebook, 2^bits; 0 without one.</summary>
    public int CodebookLength => HasCodebook ? 1 << Bits : 0;

    /// <summary>Gets whether the weights are stored as codes.</summary>
    public bool IsQuantized => Storage != Storage.FullPrecision;

    /// <summary>Gets whether groups of rows differ in bits, so that rows are stored in another order than they are computed for.</summary>
    public bool IsMixed => GroupBits.Count > 0;

    /// <summary>Gets whether a zero point is stored beside each scale.</summary>
    public bool HasZeroPoints => IsQuantized && Mapping == Mapping.Asymmetric;

    /// <summary>Gets whether a number for the middle code is stored beside each scale.</summary>
    public bool HasCenters => IsQuantized && Mapping == Mapping.Offset;

    /// <summary>Gets the number of consecutive rows in one group.</summary>
    public int RowsPerGroup => Rows / GroupCount;

    /// <summary>Gets how many scales a row has along its inputs.</summary>
    public int GroupsAlongInput => GroupSize == 0 ? 1 : (Columns + GroupSize - 1) / GroupSize;

    /// <summary>Gets the number of stored scales: <see cref="GroupCount"/>, for each half of a pair, or rows times <see cref="GroupsAlongInput"/> with a group
    /// size; 0 with a codebook.</summary>
    public int ScaleCount => HasCodebook ? 0 : IsPair ? 2 * GroupCount : GroupSize == 0 ? GroupCount : Rows * GroupsAlongInput;

    /// <summary>Gets the runs of stored rows with equal bits, in stored order: ascending bits, groups of equal bits in their own order.</summary>
    public IReadOnlyList<RowSegment> Segments()
    {
        if (!IsMixed)
        {
            return new[] { new RowSegment(Bits, 0, StoredRowCount) };
        }

        var segments = new List<RowSegment>();
        int first = 0;
        foreach (IGrouping<int, int> bits in GroupBits.GroupBy(b => b).OrderBy(g => g.Key))
        {
            int rows = bits.Count() * RowsPerGroup;
            segments.Add(new RowSegment(bits.Key, first, rows));
            first += rows;
        }

        return segments;
    }

    /// <summary>Gets the groups in stored order; the identity unless precision is mixed.</summary>
    public IReadOnlyList<int> StoredGroups() => IsMixed
        ? Enumerable.Range(0, GroupCount).OrderBy(g => GroupBits[g]).ToArray()
        : Enumerable.Range(0, GroupCount).ToArray();

    /// <summary>Gets for each stored row the output row it computes; those of a pair's second half count on.</summary>
    public int[] StoredRows()
    {
        if (IsPair)
        {
            return Enumerable.Range(0, StoredRowCount).ToArray();
        }

        int perGroup = RowsPerGroup;
        return StoredGroups().SelectMany(g => Enumerable.Range(g * perGroup, perGroup)).ToArray();
    }

    /// <summary>Gets the bytes of all codes: each row is a little-endian bit stream that starts on a byte.</summary>
    public long CodeBytes()
    {
        if (!IsQuantized || !IsMixed)
        {
            return IsQuantized ? (long)StoredRowCount * RowBytes(Columns, Bits) : 0;
        }

        long bytes = 0;
        for (int i = 0; i < GroupBits.Count; i++)
        {
            bytes += (long)RowsPerGroup * RowBytes(Columns, GroupBits[i]);
        }

        return bytes;
    }

    /// <summary>Gets the bits of a group of rows.</summary>
    /// <param name="group">The group.</param>
    public int BitsOf(int group) => IsMixed ? GroupBits[group] : Bits;

    /// <summary>Gets the bytes of one row of codes.</summary>
    /// <param name="columns">Codes in the row.</param>
    /// <param name="bits">Bits of a code.</param>
    public static int RowBytes(int columns, int bits) => (int)((((long)columns * bits) + 7) / 8);
}
