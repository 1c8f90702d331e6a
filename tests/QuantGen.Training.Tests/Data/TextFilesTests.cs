using System.Text;
using QuantGen.Training.Data;

namespace QuantGen.Training.Tests.Data;

public sealed class TextFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("quantgen-texts").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Lines_of_a_plain_text_are_its_texts()
    {
        Assert.Equal(["a\tb", "c"], TextFiles.Load(Write("plain.txt", "\uFEFFa\tb\r\n\n  \nc")));
    }

    [Fact]
    public void Sentences_of_a_data_set_are_its_texts()
    {
        Assert.Equal(["a", "b"], TextFiles.Load(Write("one.tsv", "sentence\tlabel\na\t1\nb\t0\n")));
        Assert.Equal(["a", "b", "c", "d"], TextFiles.Load(Write("pairs.TSV", "sentence1\tsentence2\na\tb\nc\td\n")));
    }

    [Theory]
    [InlineData("empty.txt", "", "expected at least one line of text, found none")]
    [InlineData("blank.txt", " \n\n", "expected at least one line of text, found none")]
    [InlineData("return.txt", "a\nb\rc\n", ":2: expected lines that end in LF or CRLF")]
    [InlineData("nul.txt", "a\n\nb\0\n", ":3: expected text, found a NUL character")]
    [InlineData("plain.tsv", "a film\n", ":1: expected a header line")]
    public void Names_the_line_that_is_no_text(string name, string content, string message)
    {
        string path = Write(name, content);
        Assert.Contains(message, Assert.Throws<DataFormatException>(() => TextFiles.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_the_byte_that_is_not_utf8()
    {
        string path = Write("latin.txt", "a\n");
        File.WriteAllBytes(path, [.. "a\nb"u8, 0xE9, (byte)'\n']);
        Assert.Contains(
            ":2: expected UTF-8 text, found the bytes 0xE9 at byte 2", Assert.Throws<DataFormatException>(() => TextFiles.Load(path)).Message,
            StringComparison.Ordinal);
    }

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(content));
        return path;
    }
}
