namespace QuantGen.Tasks;

/// <summary>Joins the pieces of words.</summary>
internal static class WordGrouping
{
    /// <summary>Groups tokens: a piece with the continuing prefix belongs to the token before it.</summary>
    /// <param name="tags">The tags of the tokens, in text order.</param>
    /// <param name="text">The text.</param>
    /// <param name="continuingPrefix">What the pieces inside a word start with.</param>
    public static IReadOnlyList<WordTag> Group(IReadOnlyList<TokenTag> tags, string text, string continuingPrefix)
    {
        var words = new List<WordTag>();
        for (int first = 0; first < tags.Count;)
        {
            int next = first + 1;
            while (next < tags.Count && Continues(tags[next].Piece, continuingPrefix))
            {
                next++;
            }

            TokenTag tag = tags[first];
            int end = tags[next - 1].End;
            words.Add(new WordTag(text[tag.Start..end], tag.Start, end, tag.Label, tag.LabelIndex, tag.Probability));
            first = next;
        }

        return words;
    }

    /// <summary>Says whether a piece belongs to the word of the one before it.</summary>
    public static bool Continues(string piece, string prefix) => piece.Length > prefix.Length && piece.StartsWith(prefix, StringComparison.Ordinal);
}
