using System.Text;
using QuantGen.Tokenization;

namespace QuantGen.Tests.Tokenization;

/// <summary>Facts that hold for any text, on texts drawn with fixed seeds.</summary>
public sealed class TokenizerPropertyTests
{
    private static readonly string[] s_fragments =
    [
        "a", "b", "c", "un", "aff", "able", "running", " ", "  ", "\t", ".", "'", "[MASK]", "[SEP]", "[", "é", "e\u0301", "\u0323", "\u302E", "\u0344",
        "中", "한국", "😀", "\uD800", "\uDC00", "\u0000", "\u200B", "\uFFFD", "İ", "ß", "ﬁ", "\u1E9B\u0323", "𝅗𝅥", "\u0F73", "\u037E", "À", "x", "Z", "0",
    ];

    public static TheoryData<int, TokenizerOptions> Seeds() => new()
    {
        { 1, new TokenizerOptions() },
        { 2, new TokenizerOptions { LowerCase = false } },
        { 3, new TokenizerOptions { CleanText = false, MaxInputCharsPerWord = 6 } },
        { 4, new TokenizerOptions { StripAccents = false } },
        { 5, new TokenizerOptions { HandleChineseCharacters = false, LowerCase = false, StripAccents = true } },
    };

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Offsets_ascend_and_stay_inside_the_text(int seed, TokenizerOptions options)
    {
        BertTokenizer tokenizer = TinyVocabulary.Make(options);
        foreach (string text in Texts(seed, 300))
        {
            EncodedText encoding = tokenizer.Encode(text);
            TextRange last = default;
            for (int i = 1; i < encoding.Length - 1; i++)
            {
                TextRange range = encoding.Offsets[i];
                Assert.True(
                    range.Start >= last.Start && range.End >= last.End && range.Start < range.End && range.End <= text.Length,
                    $"{range} after {last} in '{text}'");
                last = range;
            }

            TextRange[] codePoints = encoding.CodePointOffsets(text);
            Assert.All(codePoints.Zip(encoding.Offsets.ToArray()), pair => Assert.Equal(text[..pair.Second.End].EnumerateRunes().Count(), pair.First.End));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_span_overload_writes_what_encode_returns(int seed, TokenizerOptions options)
    {
        BertTokenizer tokenizer = TinyVocabulary.Make(options);
        int[] ids = new int[256];
        byte[] typeIds = new byte[256];
        string[] texts = [.. Texts(seed, 300)];
        for (int i = 0; i + 1 < texts.Length; i++)
        {
            string? pair = i % 3 == 0 || texts[i + 1].Length == 0 ? null : texts[i + 1];
            int limit = i % 2 == 0 ? 256 : 3 + (i % 17);
            var limits = new EncodeOptions { MaxLength = limit, Truncation = Truncation.LongestFirst };
            EncodedText expected = tokenizer.Encode(texts[i], pair, limits);

            int count = tokenizer.Encode(texts[i], pair, ids, typeIds, limit, out int needed);

            Assert.Equal(expected.Ids.ToArray(), ids[..count]);
            Assert.Equal(expected.TypeIds.ToArray(), typeIds[..count]);
            Assert.Equal(tokenizer.Encode(texts[i], pair).Length, needed);
        }
    }

    [Theory]
    [InlineData(6, 0)]
    [InlineData(7, 3)]
    public void Windows_cover_every_token_of_the_second_text(int seed, int overlap)
    {
        BertTokenizer tokenizer = TinyVocabulary.Make();
        var options = new EncodeOptions { MaxLength = 12, Truncation = Truncation.OnlySecond, Overlap = overlap };
        foreach (string text in Texts(seed, 200))
        {
            int[] whole = tokenizer.Encode(text).Ids.ToArray()[1..^1];
            List<int> joined = [];
            foreach (EncodedText window in tokenizer.EncodeWindows("a b", text, options))
            {
                Assert.InRange(window.Length, 5, 12);
                joined.AddRange(window.Ids.ToArray()[4..^1].Skip(joined.Count == 0 ? 0 : overlap));
            }

            Assert.Equal(whole, joined);
        }
    }

    [Fact]
    public void The_span_overload_allocates_nothing_once_warm()
    {
        BertTokenizer tokenizer = TinyVocabulary.Make();
        int[] ids = new int[64];
        byte[] typeIds = new byte[64];
        long before = 0;
        for (int i = 0; i < 20; i++)
        {
            before = i == 10 ? AllocatedBytes.OfThisThread : before;
            tokenizer.Encode("unaffable running, café 한국 😀 [MASK]", "a b c", ids, typeIds, 64, out _);
        }

        Assert.Equal(before, AllocatedBytes.OfThisThread);
    }

    [Fact]
    public void Long_runs_of_marks_stay_in_canonical_order()
    {
        // Longer than the runs handled at once and than what insertion sort is used for.
        string marks = string.Concat(Enumerable.Repeat("\u0301\u0323\u302E", 400));
        BertTokenizer tokenizer = TinyVocabulary.Make(new TokenizerOptions { MaxInputCharsPerWord = 10_000 });

        // U+302E is not stripped; of the three marks it comes second in canonical order, hence the middle 400 positions.
        Assert.Equal([2, 1, 10, 3], tokenizer.Encode($"a{marks} a").Ids.ToArray());
        Assert.Equal(802, tokenizer.Encode($" a{marks} a").Offsets[1].End);
    }

    private static IEnumerable<string> Texts(int seed, int count)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            var text = new StringBuilder();
            for (int length = random.Next(30); length > 0; length--)
            {
                text.Append(s_fragments[random.Next(s_fragments.Length)]);
            }

            yield return text.ToString();
        }
    }
}
