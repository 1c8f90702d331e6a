using QuantGen.Tokenization;
using QuantGen.Training.Batching;

namespace QuantGen.Training.Evaluation;

/// <summary>Some rows as the model takes them: one after the other, without padding.</summary>
internal sealed class RowBatch
{
    /// <summary>Gets the rows' indexes in the file.</summary>
    public List<int> Rows { get; } = [];

    public List<int> Ids { get; } = [];

    public List<byte> Types { get; } = [];

    public List<int> Lengths { get; } = [];

    /// <summary>Groups rows, in the order given, into batches of at most so many tokens; a longer row is a batch of its own.</summary>
    public static IEnumerable<RowBatch> Group(IEnumerable<int> order, Func<int, EncodedText> encode, int mostTokens) =>
        Group(order, index => ExampleEncoder.Of(encode(index)), mostTokens);

    /// <summary>Groups examples in the same way.</summary>
    public static IEnumerable<RowBatch> Group(IEnumerable<int> order, Func<int, Example> take, int mostTokens)
    {
        var batch = new RowBatch();
        foreach (int index in order)
        {
            Example example = take(index);
            if (batch.Rows.Count > 0 && batch.Ids.Count + example.Length > mostTokens)
            {
                yield return batch;
                batch = new RowBatch();
            }

            batch.Add(index, example);
        }

        if (batch.Rows.Count > 0)
        {
            yield return batch;
        }
    }

    /// <summary>Adds a row.</summary>
    public void Add(int row, Example example)
    {
        Rows.Add(row);
        Ids.AddRange(example.Ids);
        Types.AddRange(example.Types);
        Lengths.Add(example.Length);
    }
}
