namespace QuantGen.Training.Batching;

/// <summary>The examples that a model learns from, batch by batch.</summary>
public class BatchSource
{
    private readonly int[] _lengths;
    private readonly int _longest;

    /// <summary>Creates a source.</summary>
    /// <param name="examples">All examples; at least one.</param>
    /// <param name="batchSize">Examples of a step.</param>
    /// <param name="seed">What their order depends on.</param>
    public BatchSource(IReadOnlyList<Example> examples, int batchSize, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentOutOfRangeException.ThrowIfZero(examples.Count);
        Examples = examples;
        BatchSize = batchSize;
        Seed = seed;
        _lengths = [.. examples.Select(example => example.Length)];
        _longest = _lengths.Max();
    }

    /// <summary>Creates a source whose examples bring other sequences with them.</summary>
    /// <param name="examples">All examples; at least one.</param>
    /// <param name="lengths">Tokens of every example, those of the others included.</param>
    /// <param name="longest">Tokens of the longest sequence.</param>
    /// <param name="batchSize">Examples of a step.</param>
    /// <param name="seed">What their order depends on.</param>
    protected BatchSource(IReadOnlyList<Example> examples, int[] lengths, int longest, int batchSize, ulong seed)
        : this(examples, batchSize, seed)
    {
        _lengths = lengths;
        _longest = longest;
    }

    /// <summary>Gets all examples.</summary>
    public IReadOnlyList<Example> Examples { get; }

    /// <summary>Gets the examples of a step.</summary>
    public int BatchSize { get; }

    /// <summary>Gets what the order of the examples depends on.</summary>
    public ulong Seed { get; }

    /// <summary>Gets the steps of an epoch.</summary>
    public int BatchCount => (Examples.Count + BatchSize - 1) / BatchSize;

    /// <summary>Plans an epoch: the indexes of the examples of every batch.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    public virtual IReadOnlyList<int[]> Plan(int epoch) => BatchPlanner.Plan(_lengths, BatchSize, Seed, epoch);

    /// <summary>Makes a batch.</summary>
    /// <param name="rows">Indexes of its examples.</param>
    /// <param name="epoch">The epoch, from 0, which may change what of the examples is shown.</param>
    public virtual Batch Make(int[] rows, int epoch)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new Batch([.. rows.Select(row => Examples[row])]);
    }

    /// <summary>Gets the most examples of a part of a step that is run in parts.</summary>
    /// <param name="parts">Parts of a step.</param>
    public int PartSize(int parts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        return (BatchSize + parts - 1) / parts;
    }

    /// <summary>Gets the most tokens of a batch in an epoch, or of a part of one, and the longest sequence of all.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="parts">Parts of a step.</param>
    public (int Tokens, int Longest) Largest(int epoch, int parts = 1)
    {
        int size = PartSize(parts);
        return (Plan(epoch).SelectMany(rows => rows.Chunk(size)).Max(rows => rows.Sum(row => _lengths[row])), _longest);
    }

    /// <summary>Gets the first examples of a batch that have no more than some tokens together, and at least one.</summary>
    internal int[] Within(int[] rows, int tokens)
    {
        int count = 0;
        for (int sum = 0; count < rows.Length && (sum += _lengths[rows[count]]) <= tokens; count++)
        {
        }

        return rows[..Math.Max(1, count)];
    }
}
