using System.Text.Json;
using QuantGen.Checkpoints;

namespace QuantGen.Cli.Tests;

public sealed class EmbedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("float", "F32", 32)]
    [InlineData("int8", "I8", 32)]
    [InlineData("binary", "U8", 4)]
    public void Vectors_are_written_in_the_format_that_is_asked_for(string format, string type, int width)
    {
        string folder = SentenceEncoderFolder.Write(File("encoder"));
        string output = File("vectors.safetensors");
        JsonElement json = Tool.Json(
            "embed", folder, "--data", SentenceEncoderFolder.WriteLines(File("lines.txt"), count: 30), "--format", format, "-o", output);
        Assert.Equal(30, json.GetProperty("texts").GetInt32());
        Assert.Equal(32, json.GetProperty("dimensions").GetInt32());
        using SafetensorsFile file = SafetensorsFile.Open(output);
        Assert.True(file.TryGet("vectors", out SafetensorsTensor? vectors));
        Assert.Equal(type, vectors.DType.ToString());
        Assert.Equal([30, width], vectors.Shape);
    }

    [Theory]
    [InlineData("vector")]
    [InlineData("global")]
    [InlineData("dimension")]
    public void Every_format_says_how_much_of_the_nearest_it_finds(string range)
    {
        string folder = SentenceEncoderFolder.Write(File("encoder"));
        string lines = SentenceEncoderFolder.WriteLines(File("lines.txt"));
        JsonElement[] recall =
        [
            .. Tool.Json("embed", folder, "--data", lines, "--queries", lines, "--int8-range", range).GetProperty("recall").EnumerateArray(),
        ];
        Assert.Equal(["float", "int8", "binary"], recall.Select(row => row.GetProperty("format").GetString()));
        Assert.Equal(1, recall[0].GetProperty("recall_at10").GetDouble());
        Assert.InRange(recall[1].GetProperty("recall_at10").GetDouble(), 0.9, 1);
        Assert.InRange(recall[2].GetProperty("rescored").GetDouble(), recall[2].GetProperty("recall_at10").GetDouble(), 1);
        Assert.Contains("recall@10", Tool.Text("embed", folder, "--data", lines, "--queries", lines, "--dimensions", "8"), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_measures_vectors_as_they_are_kept()
    {
        string folder = SentenceEncoderFolder.Write(File("encoder"));
        string pairs = SentenceEncoderFolder.WritePairs(File("pairs.tsv"));
        double Spearman(params string[] options) => Tool.Json(["evaluate", folder, "--data", pairs, .. options]).GetProperty("value").GetDouble();
        Assert.Equal(Spearman(), Spearman("--vectors", "float", "--dimensions", "32"));
        Assert.Equal(Spearman(), Spearman("--vectors", "int8"), 0.05);
        Assert.NotEqual(Spearman(), Spearman("--vectors", "binary"));
        Assert.NotEqual(Spearman(), Spearman("--dimensions", "8"));
    }

    [Theory]
    [InlineData("--dimensions is 33, and this model's vectors have 32", "--dimensions", "33")]
    [InlineData("embed needs --output, or --queries")]
    public void Misuse_is_named(string named, params string[] options)
    {
        string folder = SentenceEncoderFolder.Write(File("encoder"));
        string[] output = options.Length == 0 ? [] : ["-o", File("x.safetensors")];
        ToolResult result = Tool.Run(null, ["embed", folder, "--data", SentenceEncoderFolder.WriteLines(File("lines.txt")), .. output, .. options]);
        Assert.Equal(2, result.Code);
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_classifier_makes_no_vectors()
    {
        string folder = TinyCheckpoint.Write(File("classifier"));
        string data = TinyCheckpoint.WriteData(File("data.tsv"));
        ToolResult embedded = Tool.Run("embed", folder, "--data", data, "-o", File("x.safetensors"));
        ToolResult evaluated = Tool.Run("evaluate", folder, "--data", data, "--vectors", "int8");
        Assert.Equal((2, 2), (embedded.Code, evaluated.Code));
        Assert.Contains("embed needs a sentence encoder", embedded.Error, StringComparison.Ordinal);
        Assert.Contains("--vectors needs a sentence encoder", evaluated.Error, StringComparison.Ordinal);
    }

    private string File(string name) => Path.Combine(_folder.Path, name);
}
