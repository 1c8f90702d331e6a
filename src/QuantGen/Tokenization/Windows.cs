namespace QuantGen.Tokenization;

/// <summary>Splits the tokens of one text into overlapping windows.</summary>
internal static class Windows
{
    /// <summary>Returns the windows in order; the last one ends with the text.</summary>
    /// <param name="count">Tokens of the text.</param>
    /// <param name="size">Tokens of a window; a text that fits is one window.</param>
    /// <param name="stride">Tokens that neighbours share.</param>
    public static TextRange[] Split(int count, int size, int stride)
    {
        if (count <= size)
        {
            return [new TextRange(0, count)];
        }

        if (stride < 0 || stride >= size)
        {
            throw new ArgumentException($"A stride of {stride} leaves nothing new in windows of {size} tokens.", nameof(stride));
        }

        var windows = new List<TextRange>();
        int start = 0;
        while (true)
        {
            int end = Math.Min(start + size, count);
            windows.Add(new TextRange(start, end));
            if (end == count)
            {
                return [.. windows];
            }

            start += size - stride;
        }
    }
}
