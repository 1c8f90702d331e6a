using QuantGen.Tokenization;

namespace QuantGen.Training.Evaluation;

/// <summary>Some rows as the model takes them: one after the other, without padding.</summary>
internal sealed class RowBatch
{
    /// <summary>Gets the rows' indexes in the file.</summary>
    public List<int> Rows { get; } = [];

    public List<int> Ids { get; } = [];

    public List<byte> Types { get; } = [];

    public List<int> Lengths { get; } = [];

    public void Add(int row, EncodedText encoding)
    {
        Rows.Add(row);
        Ids.AddRange(encoding.Ids);
        Types.AddRange(encoding.TypeIds);
        Lengths.Add(encoding.Length);
    }

    /// <summary>Groups rows, in the order given, into batches of at most so many tokens; a longer row is a batch of its own.</summary>
    public static IEnumerable<RowBatch> Group(IEnumerable<int> order, Func<int, EncodedText> encode, int mostTokens)
    {
        var batch = new RowBatch();
        foreach (int index in order)
        {
            EncodedText encoding = encode(index);
            if (batch.Rows.Count > 0 && batch.Ids.Count + encoding.Length > mostTokens)
            {
                yield return batch;
                batch = new RowBatch();
            }

            batch.Add(index, encoding);
        }

        if (batch.Rows.Count > 0)
        {
            yield return batch;
        }
    }
}
