using System.Buffers;

namespace QuantGen.Tokenization;

/// <summary>Finds added tokens in raw text: the leftmost one, and of those that start there the longest.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly (AddedToken Token, int Id)[] _longestFirst;
    private readonly SearchValues<char> _firstCharacters;

    /// <summary>Creates a matcher of tokens with their ids.</summary>
    public AddedTokenMatcher(IEnumerable<(AddedToken Token, int Id)> tokens)
    {
        _longestFirst = [.. tokens.OrderByDescending(entry => entry.Token.Content.Length)];
        _firstCharacters = SearchValues.Create([.. _longestFirst.Select(entry => entry.Token.Content[0])]);
    }

    /// <summary>Finds the next added token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to start.</param>
    /// <param name="id">The id of the token found.</param>
    /// <param name="range">What it covers, with the white space it swallows.</param>
    public bool TryFind(ReadOnlySpan<char> text, int from, out int id, out TextRange range)
    {
        for (int at = from; at < text.Length; at++)
        {
            int skipped = text[at..].IndexOfAny(_firstCharacters);
            if (skipped < 0)
            {
                break;
            }

            at += skipped;
            foreach ((AddedToken token, int tokenId) in _longestFirst)
            {
                if (text[at..].StartsWith(token.Content, StringComparison.Ordinal))
                {
                    id = tokenId;
                    range = Widen(text, from, at, token);
                    return true;
                }
            }
        }

        id = -1;
        range = default;
        return false;
    }

    private static TextRange Widen(ReadOnlySpan<char> text, int from, int at, AddedToken token)
    {
        int start = at;
        int end = at + token.Content.Length;
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
