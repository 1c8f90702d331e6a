using System.Text;
using QuantGen.Tests;
using QuantGen.Training.Data;

namespace QuantGen.Training.Tests.Data;

public sealed class TsvDatasetTests
{
    public static TheoryData<string> DefectNames => [.. TsvDefects.All.Select(defect => defect.Name)];

    [Fact]
    public void Sentences_and_labels_are_read_as_they_are()
    {
        TsvDataset data = Parse("sentence\tlabel\nit 's \"good\"\t1\n `` bad ''  \t-0.50\nna\u00efve \ud83d\ude00\t2e1");
        Assert.False(data.HasPairs);
        Assert.True(data.HasLabels);
        Assert.Equal(
            [
                new TsvRow("it 's \"good\"", null, "1", 1.0),
                new TsvRow(" `` bad ''  ", null, "-0.50", -0.5),
                new TsvRow("na\u00efve \ud83d\ude00", null, "2e1", 20.0),
            ],
            data.Rows);
    }

    [Theory]
    [InlineData("sentence1\tsentence2\tlabel\na\tb\t4.5\n")]
    [InlineData("\uFEFFsentence1\tsentence2\tlabel\na\tb\t4.5\n")]
    [InlineData("sentence1\tsentence2\tlabel\r\na\tb\t4.5\r\n")]
    [InlineData("sentence1\tsentence2\tlabel\r\na\tb\t4.5")]
    public void Pairs_are_read_whatever_the_line_ends(string content)
    {
        TsvDataset data = Parse(content);
        Assert.True(data.HasPairs && data.HasLabels);
        Assert.Equal(new TsvRow("a", "b", "4.5", 4.5), Assert.Single(data.Rows));
    }

    [Fact]
    public void Labels_may_be_absent()
    {
        TsvDataset data = Parse("sentence\na\nb\n");
        Assert.False(data.HasPairs || data.HasLabels);
        Assert.Equal(["a", "b"], data.Rows.Select(row => row.Text));
        Assert.All(data.Rows, row => Assert.True(row.Label is null && double.IsNaN(row.LabelValue)));
        Assert.Equal("b", Parse("sentence1\tsentence2\na\tb\n").Rows[0].Pair);
    }

    [Theory]
    [MemberData(nameof(DefectNames))]
    public void Names_file_line_and_facts_of_every_defect(string name)
    {
        TsvDefects.Defect defect = TsvDefects.All.Single(item => item.Name == name);
        DataFormatException error = Assert.Throws<DataFormatException>(() => TsvDataset.Parse(defect.Content, "some.tsv"));
        Assert.Equal("some.tsv", error.File);
        Assert.Equal(defect.Line, error.Line);
        Assert.Contains(defect.Expected, error.Expected);
        Assert.Contains(defect.Found, error.Found);
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.InRange(error.Message.Length, 1, 200);
    }

    [Fact]
    public void Long_findings_are_cut()
    {
        DataFormatException error = Assert.Throws<DataFormatException>(() => Parse("sentence\tlabel\n" + new string('x', 100_000)));
        Assert.InRange(error.Message.Length, 1, 200);
    }

    [Fact]
    public void Any_bytes_are_a_data_set_or_a_named_defect()
    {
        byte[] valid = Encoding.UTF8.GetBytes("sentence1\tsentence2\tlabel\na \u00e9\tb\t4.5\r\nc\td\t-1\n");
        var random = new Random(5);
        int defects = 0;
        for (int i = 0; i < 2000; i++)
        {
            byte[] content = [.. valid];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                content[random.Next(content.Length)] = (byte)random.Next(256);
            }

            try
            {
                Assert.NotEmpty(TsvDataset.Parse(content.AsSpan(0, random.Next(content.Length + 1)), "some.tsv").Rows);
            }
            catch (DataFormatException)
            {
                defects++;
            }
        }

        Assert.InRange(defects, 1000, 2000);
    }

    [Fact]
    public void A_file_is_read_by_its_path()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "sentence\tlabel\na\t0x\n");
            Assert.StartsWith($"{path}:2: expected", Assert.Throws<DataFormatException>(() => TsvDataset.Load(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }

        Assert.ThrowsAny<IOException>(() => TsvDataset.Load(path));
    }

    [Theory]
    [Trait("Category", "Shared")]
    [InlineData("SST-2/train.tsv", 6920, false)]
    [InlineData("SST-2/train_phrases.tsv", 67349, false)]
    [InlineData("SST-2/dev.tsv", 872, false)]
    [InlineData("SST-2/test.tsv", 1821, false)]
    [InlineData("CoLA/train.tsv", 8551, false)]
    [InlineData("CoLA/dev.tsv", 1043, false)]
    [InlineData("MRPC/train.tsv", 3668, true)]
    [InlineData("MRPC/dev.tsv", 408, true)]
    [InlineData("MRPC/test.tsv", 1725, true)]
    [InlineData("RTE/train.tsv", 2490, true)]
    [InlineData("RTE/dev.tsv", 277, true)]
    [InlineData("STS-B/train.tsv", 5749, true)]
    [InlineData("STS-B/dev.tsv", 1500, true)]
    [InlineData("STS-B/test.tsv", 1379, true)]
    [InlineData("TREC/train.tsv", 5452, false)]
    [InlineData("TREC/test.tsv", 500, false)]
    public void Data_sets_have_their_rows(string file, int rows, bool pairs)
    {
        TsvDataset data = TsvDataset.Load(SharedFiles.Path($"data/{file}"));
        Assert.Equal(rows, data.Rows.Count);
        Assert.Equal(pairs, data.HasPairs);
        Assert.True(data.HasLabels);
    }

    [Theory]
    [Trait("Category", "Shared")]
    [InlineData("SST-2/dev.tsv", new[] { 428, 444 })]
    [InlineData("CoLA/dev.tsv", new[] { 324, 719 })]
    [InlineData("MRPC/test.tsv", new[] { 578, 1147 })]
    [InlineData("RTE/dev.tsv", new[] { 146, 131 })]
    [InlineData("TREC/test.tsv", new[] { 9, 94, 138, 65, 81, 113 })]
    public void Data_sets_have_their_label_counts(string file, int[] expected)
    {
        TsvDataset data = TsvDataset.Load(SharedFiles.Path($"data/{file}"));
        Assert.Equal(expected, data.Rows.GroupBy(row => row.LabelValue).OrderBy(group => group.Key).Select(group => group.Count()));
    }

    private static TsvDataset Parse(string content) => TsvDataset.Parse(Encoding.UTF8.GetBytes(content), "some.tsv");
}
