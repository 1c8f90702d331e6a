namespace QuantGen.Tokenization;

/// <summary>Writes ids to a span and goes on counting when it is full.</summary>
internal ref struct SpanSink(Span<int> ids) : ITokenSink
{
    private readonly Span<int> _ids = ids;

    /// <inheritdoc/>
    public static bool WantsOffsets => false;

    /// <summary>Gets how many tokens came, written or not.</summary>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public void Add(int id, int start, int end)
    {
        int at = Count++;
        if ((uint)at < (uint)_ids.Length)
        {
            _ids[at] = id;
        }
    }
}
