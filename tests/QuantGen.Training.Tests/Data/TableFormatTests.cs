using System.Text;
using QuantGen.Training.Data;

namespace QuantGen.Training.Tests.Data;

public sealed class TableFormatTests
{
    [Fact]
    public void Quoted_fields_hold_commas_line_ends_and_marks()
    {
        TsvDataset data = Parse("text,label\r\n\"a, \"\"b\"\"\nc\",1\r\nplain,0\n", "data.csv");
        Assert.Equal(["a, \"b\"\nc", "plain"], data.Rows.Select(row => row.Text));
        Assert.Equal([1, 0], data.Rows.Select(row => row.LabelValue));
    }

    [Fact]
    public void Members_of_objects_are_columns()
    {
        TsvDataset data = Parse("{\"text\": \"a\", \"labels\": [\"x\", \"y\"]}\n\n{\"text\": \"b\", \"labels\": []}\n", "data.jsonl", many: true);
        Assert.True(data.HasManyLabels);
        Assert.Equal(["x,y", string.Empty], data.Rows.Select(row => string.Join(',', row.Labels!)));
    }

    [Fact]
    public void Words_and_numbers_are_told_apart()
    {
        Assert.True(Parse("sentence\tlabel\na\tgood\nb\tbad\n", "data.tsv").HasWords);
        Assert.False(Parse("sentence\tlabel\na\t1\n", "data.tsv").HasWords);
    }

    [Theory]
    [InlineData("data.csv", "text,label\n\"a,1\n", 2, "a quotation mark at the end")]
    [InlineData("data.csv", "text,label\na\"b\",1\n", 2, "quotation marks around a whole field")]
    [InlineData("data.csv", "text,label\n\"a\"b,1\n", 2, "a comma or the end of the line")]
    [InlineData("data.csv", "text,label\na\n", 2, "2 columns")]
    [InlineData("data.csv", "words,label\na,1\n", 1, "a column 'sentence' or 'text'")]
    [InlineData("data.jsonl", "{\"text\": \"a\"}\n[1]\n", 2, "a JSON object")]
    [InlineData("data.jsonl", "{\"text\": {}}\n", 1, "a text, a number or a list of them as 'text'")]
    [InlineData("data.jsonl", "{\"text\": \"a\", \"label\": 1}\n{\"label\": 1}\n", 2, "a text")]
    public void What_is_wrong_is_named(string file, string content, int line, string expected)
    {
        DataFormatException error = Assert.Throws<DataFormatException>(() => Parse(content, file));
        Assert.Equal(line, error.Line);
        Assert.Contains($"expected {expected}", error.Message);
    }

    [Fact]
    public void Columns_hold_zero_or_one() => Assert.Contains("expected 0 or 1 as 'y', found '2'", Assert.Throws<DataFormatException>(() => TsvDataset.Parse(
        "text,x,y\na,1,2\n"u8, "data.csv", new TableOptions { LabelColumns = ["x", "y"] })).Message);

    private static TsvDataset Parse(string content, string file, bool many = false) =>
        TsvDataset.Parse(Encoding.UTF8.GetBytes(content), file, new TableOptions { HasManyLabels = many });
}
