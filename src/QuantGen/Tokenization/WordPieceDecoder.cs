using System.Text;

namespace QuantGen.Tokenization;

/// <summary>Joins WordPiece pieces to text.</summary>
internal sealed class WordPieceDecoder(Vocabulary vocabulary, TokenizerOptions options, HashSet<int> specialIds)
{
    // In this order, one after the other, as the reference library replaces.
    private static readonly (string From, string To)[] s_cleanUps =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
        (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    /// <summary>Joins the pieces of these ids.</summary>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens)
    {
        var text = new StringBuilder();
        bool isFirst = true;
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)vocabulary.Count || (skipSpecialTokens && specialIds.Contains(id)))
            {
                continue;
            }

            string piece = vocabulary.GetPiece(id);
            if (!isFirst)
            {
                piece = piece.StartsWith(options.ContinuingPrefix, StringComparison.Ordinal)
                    ? piece[options.ContinuingPrefix.Length..]
                    : $" {piece}";
            }

            text.Append(options.CleanUpDecodedSpaces ? CleanUp(piece) : piece);
            isFirst = false;
        }

        return text.ToString();
    }

    /// <summary>Cleans one piece: the reference library does not look across pieces, and neither may we.</summary>
    private static string CleanUp(string piece)
    {
        foreach ((string from, string to) in s_cleanUps)
        {
            piece = piece.Replace(from, to, StringComparison.Ordinal);
        }

        return piece;
    }
}
