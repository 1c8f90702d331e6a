using QuantGen.Tokenization;

namespace QuantGen.Tests.Tokenization;

public sealed class VocabularyTests
{
    [Theory]
    [InlineData("a\nbc\n中\n")]
    [InlineData("a\nbc\n中")]
    [InlineData("a\r\nbc\r\n中\r\n")]
    public void Reads_every_kind_of_line_end(string text)
    {
        Vocabulary vocabulary = Parse(text);

        Assert.Equal(3, vocabulary.Count);
        Assert.Equal(["a", "bc", "中"], Enumerable.Range(0, 3).Select(vocabulary.GetPiece));
        Assert.Equal([0, 1, 2, -1, -1], new[] { "a", "bc", "中", "b", "" }.Select(piece => vocabulary.IndexOf(piece)));
        Assert.Equal("a\nbc\n中\n", System.Text.Encoding.UTF8.GetString(vocabulary.Bytes.Span));
    }

    [Fact]
    public void Finds_every_one_of_many_pieces()
    {
        string[] pieces = [.. Enumerable.Range(0, 20_000).Select(i => $"p{i * 7919 % 1_000_003}")];
        Vocabulary vocabulary = Parse(string.Join('\n', pieces));

        Assert.All(pieces.Select((piece, id) => (piece, id)), entry => Assert.Equal(entry.id, vocabulary.IndexOf(entry.piece)));
        Assert.Equal(-1, vocabulary.IndexOf("p-1"));
    }

    [Fact]
    public void A_lone_surrogate_is_not_the_replacement_character()
    {
        Vocabulary vocabulary = Parse("\uFFFD\na");

        Assert.Equal(0, vocabulary.IndexOf("\uFFFD"));
        Assert.Equal(-1, vocabulary.IndexOf("\uD83D"));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void Ids_outside_the_vocabulary_are_refused(int id) => Assert.Throws<ArgumentOutOfRangeException>(() => Parse("a\nb").GetPiece(id));

    [Theory]
    [InlineData("short")]
    [InlineData("same")]
    [InlineData("random")]
    [InlineData("long")]
    public void Memory_stays_within_four_times_the_file(string kind)
    {
        byte[] bytes = kind switch
        {
            "short" =>
                System.Text.Encoding.ASCII.GetBytes(
                    string.Join(
                        '\n', Enumerable.Range(0, 200_000).Select(i => $"{(char)(33 + (i / 8100))}{(char)(33 + (i / 90 % 90))}{(char)(33 + (i % 90))}"))),
            "same" => System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a\n", 400_000))),
            "random" => RandomBytes(2_000_000),
            _ => System.Text.Encoding.ASCII.GetBytes(string.Join('\n', Enumerable.Range(0, 3000).Select(i => $"{i}{new string('x', 900)}"))),
        };
        long before = AllocatedBytes.OfThisThread;
        try
        {
            Parse(bytes);
        }
        catch (ModelFormatException)
        {
            // A refusal may not take more either.
        }

        Assert.InRange(AllocatedBytes.OfThisThread - before, 0, (4L * bytes.Length) + (1 << 20));
    }

    private static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(5).NextBytes(bytes);
        return bytes;
    }

    private static Vocabulary Parse(string text) => Parse(System.Text.Encoding.UTF8.GetBytes(text));

    private static Vocabulary Parse(byte[] bytes) => Vocabulary.Parse(bytes, "vocab.txt");
}
