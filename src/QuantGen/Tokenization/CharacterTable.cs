using System.Collections.Concurrent;

namespace QuantGen.Tokenization;

/// <summary>What each character of the Basic Multilingual Plane becomes under one set of normalization options.</summary>
/// <remarks>
/// Pages of 256 characters are made when a text first needs them, by running <see cref="RunNormalizer"/> on each character, so
/// the table is a cache of the definition and cannot disagree with it. Tables are shared by all tokenizers of the process.
/// </remarks>
internal sealed class CharacterTable
{
    private static readonly ConcurrentDictionary<NormalizationRules, CharacterTable> s_tables = new();

    private readonly Page?[] _pages = new Page?[256];
    private readonly NormalizationRules _rules;

    private CharacterTable(NormalizationRules rules)
    {
        _rules = rules;
    }

    /// <summary>Returns the table of these rules.</summary>
    public static CharacterTable For(NormalizationRules rules) => s_tables.GetOrAdd(rules, key => new CharacterTable(key));

    /// <summary>Returns the page that holds a character.</summary>
    public Page GetPage(char character) => _pages[character >> 8] ??= MakePage(character >> 8);

    private Page MakePage(int number)
    {
        var page = new Page();
        var normalizer = new RunNormalizer();
        for (int i = 0; i < 256; i++)
        {
            char character = (char)((number << 8) | i);
            (page.Kinds[i], page.Mapped[i]) = Classify(character, normalizer);
        }

        return page;
    }

    private (CharacterKind Kind, char Mapped) Classify(char character, RunNormalizer normalizer)
    {
        if (char.IsSurrogate(character))
        {
            return (CharacterKind.Complex, character);
        }

        if (_rules.CleansText && UnicodeData.IsRemovedByCleaning(character))
        {
            return (CharacterKind.Removed, character);
        }

        // A mark that canonical ordering may move takes its neighbours with it.
        if (_rules.Decomposes && UnicodeData.CombiningClass(character) != 0)
        {
            return (CharacterKind.Complex, character);
        }

        normalizer.Normalize([character], 0, _rules);
        ReadOnlySpan<NormalizedCharacter> result = normalizer.Result;
        bool chinese = _rules.IsolatesChinese && UnicodeData.IsChinese(character);
        if (chinese && result.Length > 2)
        {
            // Drop the spaces on both sides: isolating the character has the same effect.
            result = result[1..^1];
        }

        if (result.Length != 1 || result[0].CodePoint > char.MaxValue || UnicodeData.CombiningClass(result[0].CodePoint) != 0)
        {
            return (CharacterKind.Complex, character);
        }

        int mapped = result[0].CodePoint;
        CharacterKind kind = UnicodeData.IsWhiteSpace(mapped) ? CharacterKind.Space
            : chinese || UnicodeData.IsPunctuation(mapped) ? CharacterKind.Isolated
            : CharacterKind.Word;
        return (kind, (char)mapped);
    }

    /// <summary>256 characters in a row.</summary>
    internal sealed class Page
    {
        /// <summary>What each character does.</summary>
        public readonly CharacterKind[] Kinds = new CharacterKind[256];

        /// <summary>What each word character and isolated character becomes.</summary>
        public readonly char[] Mapped = new char[256];
    }
}
