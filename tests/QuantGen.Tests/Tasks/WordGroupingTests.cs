using QuantGen.Tasks;

namespace QuantGen.Tests.Tasks;

public sealed class WordGroupingTests
{
    [Fact]
    public void Pieces_join_the_word_before_them_and_take_its_first_label()
    {
        TokenTag[] tags = [Tag("play", 0, 4, 1), Tag("##ing", 4, 7, 2), Tag("##s", 7, 8, 2), Tag("##", 9, 11, 0), Tag("cat", 12, 15, 2)];
        IReadOnlyList<WordTag> words = WordGrouping.Group(tags, "playings ## cat", "##");
        Assert.Equal([("playings", 0, 8, 1), ("##", 9, 11, 0), ("cat", 12, 15, 2)], words.Select(w => (w.Text, w.Start, w.End, w.LabelIndex)));
        Assert.Equal("label1", words[0].Label);
    }

    [Fact]
    public void A_piece_without_a_word_before_it_is_a_word()
    {
        IReadOnlyList<WordTag> words = WordGrouping.Group([Tag("##s", 0, 1, 1)], "s", "##");
        Assert.Equal("s", Assert.Single(words).Text);
    }

    [Fact]
    public void No_tokens_have_no_words() => Assert.Empty(WordGrouping.Group([], string.Empty, "##"));

    private static TokenTag Tag(string piece, int start, int end, int label) => new(piece, start, end, "label" + label, label, 0.5f);
}
