using QuantGen.Peers.Racing;
using QuantGen.Peers.Tokenizers;
using QuantGen.Tests.Checkpoints;

namespace QuantGen.Peers.Tests;

/// <summary>Tokenizers beside each other.</summary>
public class TokenizerTests
{
    [Fact]
    public void Tokenizers_agree_about_plain_words_and_lines_keep_their_numbers()
    {
        using var folder = new TemporaryFolder();
        string vocabulary = Path.Combine(folder.Path, "vocab.txt"), text = Path.Combine(folder.Path, "text.tsv");
        File.WriteAllText(vocabulary, "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nplay\n##ing\ncaf\n##e\n,\n");
        File.WriteAllText(text, "Playing, play\t1\n\nCafé playing\t0\n");
        IReadOnlyList<TextLine> lines = TextLine.Read(text);
        Assert.Equal([new TextLine(1, "Playing, play"), new TextLine(3, "Café playing")], lines);
        LineTokenizer[] tokenizers =
        [
            new OurLineTokenizer(lines, vocabulary), new FastLineTokenizer(lines, vocabulary), new MicrosoftLineTokenizer(lines, vocabulary),
        ];
        Assert.All(tokenizers, tokenizer => Assert.Equal([2, 7, 8, 5, 6, 3], tokenizer.Ids(tokenizer.Encode("Café playing"))));
        IReadOnlyList<TokenizerRow> rows = TokenizerRow.Measure(tokenizers, lines, new Turns(1, 0, 1, 0), default);
        Assert.All(rows, row => Assert.Equal((12, 0), (row.Tokens, row.Different.Count)));
    }

    [Fact]
    public void Lines_whose_ids_differ_are_listed_by_number()
    {
        TextLine[] lines = [.. Enumerable.Range(1, 9).Select(number => new TextLine(number, new string('x', number)))];
        LineTokenizer[] tokenizers = [new Fake("a", lines, limit: 9), new Fake("b", lines, limit: 3)];
        IReadOnlyList<TokenizerRow> rows = TokenizerRow.Measure(tokenizers, lines, new Turns(1, 0, 1, 0), default);
        Assert.Empty(rows[0].Different);
        Assert.Equal([4, 5, 6, 7, 8, 9], rows[1].Different);
        Assert.EndsWith("| 6 | 4, 5, 6, 7, 8 |", TokenizerRow.Write(rows), StringComparison.Ordinal);
    }

    private sealed class Fake(string name, IReadOnlyList<TextLine> lines, int limit) : LineTokenizer(name, lines)
    {
        public override int Encode(string line) => Math.Min(line.Length, limit);

        public override int[] Ids(int count) => new int[count];
    }
}
