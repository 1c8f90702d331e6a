using QuantGen.Tokenization;

namespace QuantGen.Tests.Tokenization;

public sealed class BertTokenizerTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(" \t\r\n ", "")]
    [InlineData("unaffable", "un ##aff ##able")]
    [InlineData("UnAffAble Running", "un ##aff ##able run ##ning")]
    [InlineData("unaffablex", "[UNK]")]
    [InlineData("a.b,c!", "a . b , c !")]
    [InlineData("a\u0001b", "a ##b")]
    [InlineData("un\u0000aff\uFFFDable", "un ##aff ##able")]
    [InlineData("un\u200Baff\uFEFFable", "un ##aff ##able")]
    [InlineData("a\u00A0b\u3000c\u2028d", "a b c d")]
    [InlineData("a\u000Bb", "a ##b")]
    [InlineData("café cafe\u0301 CAFÉ", "cafe cafe cafe")]
    [InlineData("cafe\u0301s", "cafe ##s")]
    [InlineData("中文a", "中 文 a")]
    [InlineData("a中", "a 中")]
    [InlineData("한", "ᄒ ##ᅡ ##ᆫ")]
    [InlineData("İ", "i")]
    [InlineData("ß STRASSE", "ß strasse")]
    [InlineData("😀a😀 😀", "[UNK] 😀")]
    [InlineData("a \uD83D b", "a b")]
    [InlineData("\u0301a", "a")]
    [InlineData("don't", "don ' t")]
    [InlineData("a\u037Eb", "a [UNK] b")]
    [InlineData("a[MASK]b", "a [MASK] b")]
    [InlineData("[mask]", "[ mask ]")]
    [InlineData("[MASK][MASK] [SEP]", "[MASK] [MASK] [SEP]")]
    [InlineData("[MAS", "[ [UNK]")]
    public void Splits_nasty_text_into_pieces(string text, string expected) => Assert.Equal(expected, TinyVocabulary.Show(text));

    [Fact]
    public void Keeps_accents_when_text_is_not_lower_cased()
    {
        var cased = new TokenizerOptions { LowerCase = false };

        Assert.Equal("café", TinyVocabulary.Show("café", cased));
        Assert.Equal("[UNK]", TinyVocabulary.Show("Café", cased));
        Assert.Equal("cafe", TinyVocabulary.Show("café", cased with { StripAccents = true }));
        Assert.Equal("café", TinyVocabulary.Show("CAFÉ", new TokenizerOptions { StripAccents = false }));
    }

    [Fact]
    public void Lower_cases_the_dotted_capital_to_two_code_points()
    {
        // Only without stripping: with it the dot is removed before.
        Assert.Equal("i ##\u0307", TinyVocabulary.Show("İ", new TokenizerOptions { StripAccents = false }));
    }

    [Fact]
    public void Keeps_control_characters_when_text_is_not_cleaned()
    {
        var raw = new TokenizerOptions { CleanText = false };

        Assert.Equal("[UNK]", TinyVocabulary.Show("un\u0001aff", raw));
        Assert.Equal("[UNK]", TinyVocabulary.Show("a\u0000", raw));
        Assert.Equal("a b", TinyVocabulary.Show("a\u0085b", raw));
        Assert.Equal("[UNK]", TinyVocabulary.Show("\uD83D", raw));
    }

    [Fact]
    public void Leaves_chinese_words_together_when_asked() =>
        Assert.Equal("[UNK] 中", TinyVocabulary.Show("中文 中", new TokenizerOptions { HandleChineseCharacters = false }));

    [Theory]
    [InlineData(4, "[UNK]")]
    [InlineData(5, "un ##aff")]
    public void Words_longer_than_the_limit_are_unknown(int limit, string expected) =>
        Assert.Equal(expected, TinyVocabulary.Show("unaff", new TokenizerOptions { MaxInputCharsPerWord = limit }));

    [Fact]
    public void Long_words_count_code_points_and_keep_their_range()
    {
        BertTokenizer tokenizer = TinyVocabulary.Make();
        string word = string.Concat(Enumerable.Repeat("é", 100));

        EncodedText fits = tokenizer.Encode($"b{word[1..]}");
        EncodedText tooLong = tokenizer.Encode($"a {word}x b");

        Assert.Equal([2, 1, 3], fits.Ids.ToArray());
        Assert.Equal([2, 10, 1, 11, 3], tooLong.Ids.ToArray());
        Assert.Equal(new TextRange(2, 103), tooLong.Offsets[2]);
    }

    [Theory]
    [InlineData(55)]
    [InlineData(61)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(120)]
    public void Words_may_cross_the_blocks_text_is_read_in(int spaces)
    {
        string text = new string(' ', spaces) + "unaffable, running";

        EncodedText encoding = TinyVocabulary.Make().Encode(text);

        Assert.Equal([2, 5, 6, 7, 18, 8, 9, 3], encoding.Ids.ToArray());
        Assert.Equal(new TextRange(spaces + 5, spaces + 9), encoding.Offsets[3]);
        Assert.Equal([2, 1, 3], TinyVocabulary.Make().Encode(new string('q', spaces)).Ids.ToArray());
    }

    [Fact]
    public void Offsets_are_utf16_positions_and_convert_to_code_points()
    {
        const string Text = "😀 cafe\u0301s 한 [MASK]";
        EncodedText encoding = TinyVocabulary.Make().Encode(Text);

        Assert.Equal(["[CLS]", "😀", "cafe", "##s", "ᄒ", "##ᅡ", "##ᆫ", "[MASK]", "[SEP]"], encoding.Tokens);
        Assert.Equal([(0, 0), (0, 2), (3, 7), (8, 9), (10, 11), (10, 11), (10, 11), (12, 18), (0, 0)], Pairs(encoding.Offsets.ToArray()));
        Assert.Equal([(0, 0), (0, 1), (2, 6), (7, 8), (9, 10), (9, 10), (9, 10), (11, 17), (0, 0)], Pairs(encoding.CodePointOffsets(Text)));
    }

    [Fact]
    public void Pairs_carry_segments_and_sequence_ids()
    {
        EncodedText encoding = TinyVocabulary.Make().Encode("a b", "c");

        Assert.Equal([2, 10, 11, 3, 12, 3], encoding.Ids.ToArray());
        Assert.Equal([0, 0, 0, 0, 1, 1], encoding.TypeIds.ToArray());
        Assert.Equal([-1, 0, 0, -1, 1, -1], encoding.SequenceIds.ToArray());
        Assert.Equal([2, 10, 3, 3], TinyVocabulary.Make().Encode("a", string.Empty).Ids.ToArray());
    }

    [Fact]
    public void Added_tokens_win_by_length_and_may_swallow_white_space()
    {
        byte[] vocabulary = System.Text.Encoding.UTF8.GetBytes($"{TinyVocabulary.Lines}<x>\n<x>y\n");
        var options = new TokenizerOptions { AddedTokens = [new AddedToken("<x>", LeftStrip: true, RightStrip: true), new AddedToken("<x>y")] };
        EncodedText encoding = BertTokenizer.FromVocabulary(vocabulary, options, "added.txt").Encode("a <x> b <x>y");

        Assert.Equal(["[CLS]", "a", "<x>", "b", "<x>y", "[SEP]"], encoding.Tokens);
        Assert.Equal([(0, 0), (0, 1), (1, 6), (6, 7), (8, 12), (0, 0)], Pairs(encoding.Offsets.ToArray()));
    }

    [Fact]
    public void Offsets_of_another_text_are_refused()
    {
        EncodedText encoding = TinyVocabulary.Make().Encode("a b c");

        Assert.Throws<ArgumentException>(() => encoding.CodePointOffsets("a"));
    }

    private static IEnumerable<(int, int)> Pairs(IEnumerable<TextRange> ranges) => ranges.Select(range => (range.Start, range.End));
}
