namespace QuantGen.Training.Batching;

/// <summary>Pairs or triplets of texts: a batch has the first texts of some, then as many second ones, then the third ones.</summary>
public sealed class PairedBatchSource : BatchSource
{
    private readonly IReadOnlyList<IReadOnlyList<Example>> _parts;

    /// <summary>Creates a source.</summary>
    /// <param name="parts">The first texts, the second ones, and the third ones or none: two or three lists of the same length.</param>
    /// <param name="batchSize">Pairs or triplets of a step.</param>
    /// <param name="seed">What their order depends on.</param>
    /// <exception cref="ArgumentException">The lists have different lengths.</exception>
    public PairedBatchSource(IReadOnlyList<IReadOnlyList<Example>> parts, int batchSize, ulong seed)
        : base(Checked(parts)[0], [.. parts[0].Select((_, i) => parts.Sum(part => part[i].Length))], parts.Max(part => part.Max(example => example.Length)),
            batchSize, seed)
    {
        _parts = [.. parts.Select((part, which) => part.Select(example => example with { PartOf = which }).ToArray())];
    }

    /// <inheritdoc/>
    public override Batch Make(int[] rows, int epoch)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new Batch([.. _parts.SelectMany(part => rows.Select(row => part[row]))]);
    }

    private static IReadOnlyList<IReadOnlyList<Example>> Checked(IReadOnlyList<IReadOnlyList<Example>> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return parts.Count is 2 or 3 && parts.All(part => part.Count == parts[0].Count)
            ? parts
            : throw new ArgumentException("Pairs have two lists of the same length, triplets three.", nameof(parts));
    }
}
