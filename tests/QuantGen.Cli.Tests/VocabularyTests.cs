using System.Text.Json;

namespace QuantGen.Cli.Tests;

public sealed class VocabularyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Written_vocabulary_tokenizes_the_data_without_unknown_words()
    {
        string text = Write("text.txt", "A gorgeous , witty film\nwitty films\n");
        string data = Write("data.tsv", "sentence\tlabel\na film without wit\t0\n");
        string output = Path.Combine(_folder.Path, "vocab.txt");
        JsonElement json = Tool.Json("vocabulary", "--data", text, data, "--size", "60", "-o", output);
        string[] pieces = File.ReadAllLines(output);
        Assert.Equal(pieces.Length, json.GetProperty("pieces").GetInt32());
        Assert.InRange(pieces.Length, 30, 60);
        Assert.Equal(11, json.GetProperty("words").GetInt32());
        Assert.Equal(8, json.GetProperty("distinct_words").GetInt32());
        Assert.Equal(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ","], pieces.Take(6));
        Assert.Contains("film", pieces);
        JsonElement tokens = Tool.Json("tokenize", _folder.Path, "--text", "A gorgeous film , without wit !");
        Assert.Equal(1, tokens[0].GetProperty("tokens").EnumerateArray().Count(token => token.GetString() == "[UNK]"));
    }

    [Fact]
    public void Says_when_no_pair_is_left()
    {
        string text = Tool.Text("vocabulary", "--data", Write("text.txt", "ab ab\n"), "--size", "100", "-o", Path.Combine(_folder.Path, "vocab.txt"));
        Assert.Contains("9 pieces of 2 words, 1 of them distinct", text);
        Assert.Contains("no other pair of pieces occurs 2 times", text);
    }

    [Fact]
    public void Failures_are_one_line_and_leave_the_old_file()
    {
        string output = Write("vocab.txt", "old\n");
        Tool.Run("vocabulary", "--data", Write("a.txt", "ab ba\n"), "--size", "8", "-o", output).AssertFails(1, "need 9 pieces, and the vocabulary may have 8");
        Tool.Run("vocabulary", "--data", Write("b.txt", "\n"), "-o", output).AssertFails(1, "b.txt: expected at least one line of text");
        Tool.Run("vocabulary", "--data", Write("c.tsv", "a\n"), "-o", output).AssertFails(1, "c.tsv:1: expected a header line");
        Tool.Run("vocabulary", "--data", Path.Combine(_folder.Path, "missing.txt"), "-o", output).AssertFails(1, "missing.txt");
        Tool.Run("vocabulary", "--data", output, "--size", "5", "-o", output).AssertFails(2, "--size takes a whole number from 6");
        Tool.Run("vocabulary", "-o", output).AssertFails(2, "'--data' is required");
        Assert.Equal("old\n", File.ReadAllText(output));
    }

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, content);
        return path;
    }
}
