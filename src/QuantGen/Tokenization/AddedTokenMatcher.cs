using System.Buffers;

namespace QuantGen.Tokenization;

/// <summary>Finds added tokens in a text in one pass: the leftmost one, and of those that start there the longest.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly (AddedToken Token, int Id, string Text)[] _tokens;
    private readonly TokenTrie _trie;
    private readonly SearchValues<char> _firstCharacters;

    /// <summary>Creates a matcher of tokens with their ids and what each looks like in the text; where two look alike, the first is found.</summary>
    public AddedTokenMatcher(IEnumerable<(AddedToken Token, int Id, string Text)> tokens)
    {
        _tokens = [.. tokens];
        string[] texts = [.. _tokens.Select(entry => entry.Text)];
        _trie = new TokenTrie(texts);
        _firstCharacters = SearchValues.Create([.. texts.Select(text => text[0])]);
    }

    /// <summary>Finds the next added token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to start.</param>
    /// <param name="id">The id of the token found.</param>
    /// <param name="range">What it covers, with the white space it swallows.</param>
    public bool TryFind(ReadOnlySpan<char> text, int from, out int id, out TextRange range)
    {
        // A token that must be a word of its own and is none still takes its characters from the others, as in the reference library.
        for (int at = from; NextMatch(text, at, out TextRange match) is int index and >= 0; at = match.End)
        {
            (AddedToken token, id, _) = _tokens[index];
            if (!token.SingleWord || !(WordCharacters.EndAt(text, match.Start) || WordCharacters.StartAt(text, match.End)))
            {
                range = Widen(text, from, match, token);
                return true;
            }
        }

        id = -1;
        range = default;
        return false;
    }

    /// <summary>Returns which token comes next and where; -1 when there is none.</summary>
    private int NextMatch(ReadOnlySpan<char> text, int from, out TextRange match)
    {
        match = default;
        int found = -1;
        int state = 0;
        for (int at = from; at < text.Length; at++)
        {
            if (state == 0)
            {
                int skipped = text[at..].IndexOfAny(_firstCharacters);
                if (found >= 0 || skipped < 0)
                {
                    break;
                }

                at += skipped;
            }

            state = _trie.Step(state, text[at]);
            int end = at + 1;
            if (found >= 0 && end - _trie.DepthOf(state) > match.Start)
            {
                break;
            }

            // What ends here is the longest of all that do, and starts no later than what was found before.
            if (_trie.TokenAt(state) is int token and >= 0 && (found < 0 || end - _tokens[token].Text.Length <= match.Start))
            {
                found = token;
                match = new TextRange(end - _tokens[token].Text.Length, end);
            }
        }

        return found;
    }

    private static TextRange Widen(ReadOnlySpan<char> text, int from, TextRange match, AddedToken token)
    {
        int start = match.Start;
        int end = match.End;
        while (token.LeftStrip && start > from && UnicodeData.IsWhiteSpace(text[start - 1]))
        {
            start--;
        }

        while (token.RightStrip && end < text.Length && UnicodeData.IsWhiteSpace(text[end]))
        {
            end++;
        }

        return new TextRange(start, end);
    }
}
