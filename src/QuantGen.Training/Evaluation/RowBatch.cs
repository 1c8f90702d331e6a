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

    public void Add(int row, Encoding encoding)
    {
        Rows.Add(row);
        Ids.AddRange(encoding.Ids);
        Types.AddRange(encoding.TypeIds);
        Lengths.Add(encoding.Length);
    }
}
