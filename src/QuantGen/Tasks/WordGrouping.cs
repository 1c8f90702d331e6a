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
            while (next < tags.Count && Continues(tags[next], continuingPrefix))
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

    private static bool Continues(TokenTag tag, string prefix) =>
        tag.Piece.Length > prefix.Length && tag.Piece.StartsWith(prefix, StringComparison.Ordinal);
}
