namespace QuantGen.Tokenization;

/// <summary>Keeps ids and ranges of one text.</summary>
internal readonly struct ListSink() : ITokenSink
{
    /// <inheritdoc/>
    public static bool WantsOffsets => true;

    /// <summary>Gets the ids.</summary>
    public List<int> Ids { get; } = [];

    /// <summary>Gets the ranges, one for each id.</summary>
    public List<TextRange> Ranges { get; } = [];

    /// <inheritdoc/>
    public void Add(int id, int start, int end)
    {
        Ids.Add(id);
        Ranges.Add(new TextRange(start, end));
    }
}
