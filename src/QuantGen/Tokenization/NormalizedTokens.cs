using System.Text;

namespace QuantGen.Tokenization;

/// <summary>Finds the added tokens that are looked for in normalized text, and hands what lies between them to the scanner.</summary>
internal sealed class NormalizedTokens
{
    private readonly AddedTokenMatcher _matcher;
    private readonly NormalizationRules _rules;

    private NormalizedTokens(AddedTokenMatcher matcher, NormalizationRules rules)
    {
        _matcher = matcher;
        _rules = rules;
    }

    /// <summary>Returns what finds those of the tokens that are normalized; null when none is.</summary>
    public static NormalizedTokens? Of(IReadOnlyList<(AddedToken Token, int Id)> tokens, TokenizerOptions options, string file)
    {
        NormalizationRules rules = NormalizationRules.Of(options);
        var normalizer = new RunNormalizer();

        // Of two that normalize to the same text the reference library finds the special one, else the first.
        (AddedToken Token, int Id, string Text)[] normalized =
        [
            .. tokens.Where(entry => entry.Token.Normalized).OrderByDescending(entry => entry.Token.Special)
                .Select(entry => (entry.Token, entry.Id, Normalize(entry.Token.Content, normalizer, rules, file))),
        ];
        return normalized.Length == 0 ? null : new NormalizedTokens(new AddedTokenMatcher(normalized), rules);
    }

    /// <summary>Reads a text from a position to its end.</summary>
    public void Scan<TSink>(ReadOnlySpan<char> text, int from, WordPieceScanner scanner, ScanBuffers buffers, ref TSink sink)
        where TSink : struct, ITokenSink, allows ref struct
    {
        buffers.Normalizer.Normalize(text[from..], from, _rules);
        ReadOnlySpan<NormalizedCharacter> characters = buffers.Normalizer.Result;
        ReadOnlySpan<char> normalized = buffers.Write(characters);
        ReadOnlySpan<int> places = buffers.CharacterPlaces;
        int at = 0;
        while (_matcher.TryFind(normalized, at, out int id, out TextRange range))
        {
            scanner.ScanNormalized(characters[places[at]..places[range.Start]], buffers, ref sink);
            sink.Add(id, characters[places[range.Start]].Start, characters[places[range.End] - 1].End);
            at = range.End;
        }

        scanner.ScanNormalized(characters[places[at]..], buffers, ref sink);
    }

    private static string Normalize(string content, RunNormalizer normalizer, NormalizationRules rules, string file)
    {
        normalizer.Normalize(content, 0, rules);
        var text = new StringBuilder();
        foreach (NormalizedCharacter character in normalizer.Result)
        {
            text.Append(new Rune(character.CodePoint).ToString());
        }

        return text.Length > 0 ? text.ToString() : throw new ModelFormatException(file, $"added token '{content}'", "text that normalizing leaves", "none");
    }
}
