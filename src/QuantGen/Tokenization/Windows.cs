namespace QuantGen.Tokenization;

/// <summary>Splits the tokens of one text into overlapping windows.</summary>
internal static class Windows
{
    /// <summary>Returns the windows in order; the last one ends with the text.</summary>
    /// <param name="count">Tokens of the text.</param>
    /// <param name="size">Tokens of a window; a text that fits is one window.</param>
    /// <param name="overlap">Tokens that neighbours share.</param>
    public static TextRange[] Split(int count, int size, int overlap)
    {
        if (count <= size)
        {
            return [new TextRange(0, count)];
        }

        if (overlap < 0 || overlap >= size)
        {
            throw new ArgumentException($"An overlap of {overlap} leaves nothing new in windows of {size} tokens.", nameof(overlap));
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

            start += size - overlap;
        }
    }
}
