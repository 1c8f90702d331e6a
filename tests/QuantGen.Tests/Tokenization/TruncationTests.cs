using QuantGen.Tokenization;

namespace QuantGen.Tests.Tokenization;

/// <summary>Expectations worked out by hand from the rules of the reference library, and a few of its own outputs.</summary>
public sealed class TruncationTests
{
    [Theory]
    [InlineData(3, 3, 6, 3, 3)]
    [InlineData(5, 2, 6, 4, 2)]
    [InlineData(2, 5, 6, 2, 4)]
    [InlineData(5, 5, 6, 3, 3)]
    [InlineData(5, 5, 7, 3, 4)]
    [InlineData(6, 5, 7, 4, 3)]
    [InlineData(9, 8, 5, 3, 2)]
    [InlineData(8, 9, 5, 2, 3)]
    [InlineData(4, 0, 3, 3, 0)]
    [InlineData(5, -1, 3, 3, -1)]
    [InlineData(5, 5, 0, 0, 0)]
    public void Longest_first_cuts_the_longer_text_then_both(int first, int second, int room, int keptFirst, int keptSecond) =>
        Assert.Equal((keptFirst, keptSecond), TruncationPlan.Plan(first, second, room, Truncation.LongestFirst));

    [Fact]
    public void A_single_text_may_be_the_only_one_cut()
    {
        Assert.Equal((2, 4), TruncationPlan.Plan(5, 4, 6, Truncation.OnlyFirst));
        Assert.Equal((5, 1), TruncationPlan.Plan(5, 4, 6, Truncation.OnlySecond));
        Assert.Equal((5, 4), TruncationPlan.Plan(5, 4, 6, Truncation.None));
    }

    [Fact]
    public void Cutting_a_text_that_is_too_short_or_missing_is_refused()
    {
        Assert.Throws<ArgumentException>(() => TruncationPlan.Plan(3, 9, 9, Truncation.OnlyFirst));
        Assert.Throws<ArgumentException>(() => TruncationPlan.Plan(9, -1, 5, Truncation.OnlySecond));
        Assert.Throws<ArgumentException>(() => TinyVocabulary.Make().Encode("a", "b", new EncodeOptions { MaxLength = 2 }));
    }

    [Fact]
    public void A_text_too_long_keeps_its_length_unless_asked()
    {
        var options = new EncodeOptions { MaxLength = 4 };

        Assert.Equal(7, TinyVocabulary.Make().Encode("a b c d e", null, options).Length);
        Assert.Equal([2, 10, 11, 3], TinyVocabulary.Make().Encode("a b c d e", null, options with { Truncation = Truncation.LongestFirst }).Ids.ToArray());
    }

    [Fact]
    public void Windows_of_the_second_text_keep_the_first_and_share_the_overlap()
    {
        var options = new EncodeOptions { MaxLength = 7, Truncation = Truncation.OnlySecond, Overlap = 1 };

        IReadOnlyList<EncodedText> windows = TinyVocabulary.Make().EncodeWindows("a", "b c d e a b", options);

        Assert.Equal(
            ["[CLS] a [SEP] b c d [SEP]", "[CLS] a [SEP] d e a [SEP]", "[CLS] a [SEP] a b [SEP]"],
            windows.Select(window => string.Join(' ', window.Tokens)));
        Assert.Equal(new TextRange(4, 5), windows[1].Offsets[3]);
        Assert.Equal([0, 0, 0, 1, 1, 1], windows[2].TypeIds.ToArray());
    }

    [Fact]
    public void Windows_of_both_texts_come_in_the_order_of_the_reference_library()
    {
        var options = new EncodeOptions { MaxLength = 7, Truncation = Truncation.LongestFirst };

        IReadOnlyList<EncodedText> windows = TinyVocabulary.Make().EncodeWindows("a b c", "d e a", options);

        Assert.Equal(
            ["[CLS] a b [SEP] d e [SEP]", "[CLS] c [SEP] d e [SEP]", "[CLS] c [SEP] a [SEP]", "[CLS] a b [SEP] a [SEP]"],
            windows.Select(window => string.Join(' ', window.Tokens)));
    }

    [Fact]
    public void Text_that_fits_is_one_window()
    {
        var options = new EncodeOptions { MaxLength = 64, Truncation = Truncation.OnlySecond, Overlap = 8 };

        Assert.Single(TinyVocabulary.Make().EncodeWindows("a", "b c", options));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void An_overlap_that_makes_no_progress_is_refused(int overlap)
    {
        var options = new EncodeOptions { MaxLength = 4, Truncation = Truncation.LongestFirst, Overlap = overlap };

        Assert.Throws<ArgumentException>(() => TinyVocabulary.Make().EncodeWindows("a b c d", null, options));
    }
}
