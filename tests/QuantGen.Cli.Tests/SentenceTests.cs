using System.Text.Json;
using QuantGen.Cli.Models;
using QuantGen.Execution;
using QuantGen.Tasks;

namespace QuantGen.Cli.Tests;

public sealed class SentenceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pooling_mode_mean_tokens", true, false)]
    [InlineData("pooling_mode_cls_token", true, false)]
    [InlineData("pooling_mode_max_tokens", true, false)]
    [InlineData("pooling_mode_mean_sqrt_len_tokens", false, false)]
    [InlineData("pooling_mode_lasttoken", false, false)]
    [InlineData("pooling_mode_mean_tokens", true, true)]
    [InlineData("pooling_mode_cls_token", false, true)]
    public void Vectors_are_what_the_folder_says_in_the_folder_and_in_the_packed_file(string mode, bool isNormalized, bool hasDense)
    {
        string folder = SentenceEncoderFolder.Write(File("encoder"), mode, isNormalized, hasDense);
        string packed = File("encoder.qg.safetensors");
        Tool.Json("quantize", folder, "-o", packed, "--bits", "32");
        const string Text = "the plot is not very dull .";
        double[] expected = Expected(folder, Text, mode, isNormalized, hasDense);
        Assert.All(new[] { folder, packed }, path =>
        {
            double[] vector = Vector(path, Text);
            Assert.Equal(expected.Length, vector.Length);
            Assert.All(expected.Zip(vector), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        });
    }

    [Fact]
    public void The_command_line_overrides_the_folder_and_quantize_stores_it()
    {
        string folder = SentenceEncoderFolder.Write(File("encoder"));
        string packed = File("encoder.qg.safetensors");
        Tool.Json("quantize", folder, "-o", packed, "--bits", "32", "--pooling", "cls,max", "--no-normalize", "--prompt", "query");
        double[] expected = Vector(folder, "the film a plot", "--pooling", "max,cls", "--no-normalize", "--prompt", "");
        Assert.Equal(64, expected.Length);
        Assert.Equal(expected, Vector(packed, "a plot"));
        Assert.Equal(expected, Vector(folder, "plot", "--pooling", "cls,max", "--no-normalize", "--prompt", "the film a "));
        Assert.Contains(
            "--pooling takes cls, max, mean, mean_sqrt_len_tokens, lasttoken", Tool.Run("run", folder, "--text", "a", "--pooling", "median").Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_assembly_is_built_with_the_file_that_quantize_writes()
    {
        string folder = SentenceEncoderFolder.Write(File("encoder"), "pooling_mode_cls_token", isNormalized: false, hasDense: true);
        string packed = File("encoder.qg.safetensors");
        Tool.Json("quantize", folder, "-o", packed, "--bits", "8");
        JsonElement built = Tool.Json("build", folder, "-o", File("built"), "--bits", "8");
        Assert.Equal(System.IO.File.ReadAllBytes(packed), System.IO.File.ReadAllBytes(built.GetProperty("model").GetString()!));
    }

    [Fact]
    public void Texts_are_cut_to_the_length_of_the_folder()
    {
        string folder = SentenceEncoderFolder.Write(File("encoder"), length: 6);
        Assert.Equal(Vector(folder, "a good film is"), Vector(folder, "a good film is not very dull"));
        Assert.NotEqual(Vector(folder, "a good film is"), Vector(folder, "a good film is not very dull", "--max-length", "7"));
    }

    [Fact]
    public void A_classifier_has_no_pooling()
    {
        ToolResult result = Tool.Run("run", TinyCheckpoint.Write(File("classifier")), "--text", "a film", "--pooling", "cls");
        Assert.Equal(2, result.Code);
        Assert.Contains("--pooling needs a sentence encoder", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_compares_cosines_with_scores()
    {
        string folder = SentenceEncoderFolder.Write(File("encoder"));
        string pairs = SentenceEncoderFolder.WritePairs(File("pairs.tsv"));
        string cosines = File("cosines.tsv");
        JsonElement json = Tool.Json("evaluate", folder, "--data", pairs, "--logits", cosines);
        double[] expected =
        [
            .. System.IO.File.ReadLines(pairs).Skip(1).Select(line => line.Split('\t'))
                .Select(row => Vector(folder, row[0]).Zip(Vector(folder, row[1])).Sum(pair => pair.First * pair.Second)),
        ];
        double[] found = [.. System.IO.File.ReadLines(cosines).Select(line => double.Parse(line, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        double[] scores =
        [
            .. System.IO.File.ReadLines(pairs).Skip(1)
                .Select(line => double.Parse(line.Split('\t')[2], System.Globalization.CultureInfo.InvariantCulture)),
        ];
        Assert.Equal("spearman", json.GetProperty("metric").GetString());
        Assert.Equal(CorrelationMetrics.Spearman(found, scores), json.GetProperty("value").GetDouble(), 1e-6);
        Assert.Contains(
            "sentence1<TAB>sentence2<TAB>label", Tool.Run("evaluate", folder, "--data", TinyCheckpoint.WriteData(File("data.tsv"))).Error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--bits", "2", "--embedding-bits", "2")]
    [InlineData("--bits", "4", "--embedding-bits", "4", "--layers", "1", "--loss-parts", "hidden,sentence")]
    [InlineData("--bits", "2", "--scheme", "ternary", "--loss-parts", "sentence,similarity", "--pooling", "cls")]
    [InlineData("--bits", "3", "--scheme", "k-means", "--sentence-weight", "5", "--prompt", "query")]
    public void A_student_is_distilled_without_labels_and_is_worth_what_training_measured(params string[] options)
    {
        string folder = SentenceEncoderFolder.Write(File("encoder"), hasDense: true);
        string pairs = SentenceEncoderFolder.WritePairs(File("pairs.tsv"));
        string output = File("student.qg.safetensors");
        string log = File("log.jsonl");
        JsonElement json = Tool.Json(
        [
            "distill", "--teacher", folder, "--data", SentenceEncoderFolder.WriteLines(File("lines.txt")), "--data", TinyCheckpoint.WriteData(File("more.tsv")),
            "--exclude", pairs, "--eval-data", pairs, "--test-data", pairs, "--epochs", "3", "--batch", "8", "--learning-rate", "1e-3", "-o", output,
            "--log", log, .. options,
        ]);
        Assert.Equal(json.GetProperty("value").GetDouble(), Tool.Json("evaluate", output, "--data", pairs).GetProperty("value").GetDouble(), 1e-5);
        double[] losses =
        [
            .. System.IO.File.ReadLines(log).Select(line => JsonDocument.Parse(line).RootElement)
                .Where(line => line.GetProperty("event").GetString() == "epoch").Select(line => line.GetProperty("mean_loss").GetDouble()),
        ];
        Assert.True(losses[^1] < losses[0], string.Join(", ", losses));
    }

    [Fact]
    public void What_is_measured_on_is_not_learnt()
    {
        string folder = SentenceEncoderFolder.Write(File("encoder"));
        string lines = SentenceEncoderFolder.WriteLines(File("lines.txt"));
        System.IO.File.WriteAllText(File("known.txt"), "A  Good film\n");
        System.IO.File.AppendAllText(lines, "a good film\na good  FILM\nthe plot\n");
        string text = Tool.Text(
            "distill", "--teacher", folder, "--data", lines, "--exclude", File("known.txt"), "--bits", "2", "--max-steps", "1", "-o", File("x.qg.safetensors"));
        Assert.Contains("excluded", text, StringComparison.Ordinal);
        Assert.Matches(@"\b1 excluded", text);
    }

    [Theory]
    [InlineData("--loss needs a teacher with outputs", "--loss", "gt")]
    [InlineData("--temperature needs a teacher with outputs", "--temperature", "2")]
    [InlineData("it is 'logits'", "--loss-parts", "hidden,logits")]
    public void Options_of_other_models_are_refused(string named, params string[] options)
    {
        ToolResult result = Tool.Run(null,
        [
            "distill", "--teacher", SentenceEncoderFolder.Write(File("encoder")), "--data", SentenceEncoderFolder.WriteLines(File("lines.txt")), "--bits", "2",
            "-o", File("x.qg.safetensors"), .. options,
        ]);
        Assert.Equal(2, result.Code);
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Shared")]
    public void A_published_encoder_has_the_references_vectors_and_correlations()
    {
        string folder = SharedFiles.Path("models/all-MiniLM-L6-v2");
        using JsonDocument reference = JsonDocument.Parse(System.IO.File.ReadAllText(SharedFiles.Path("models/all-MiniLM-L6-v2/reference.json")));
        JsonElement json = Tool.Json("evaluate", folder, "--data", SharedFiles.Path("data/STS-B/dev.tsv"));
        Assert.Equal(reference.RootElement.GetProperty("spearman").GetDouble(), json.GetProperty("value").GetDouble(), 1e-4);
        Assert.Equal(reference.RootElement.GetProperty("pearson").GetDouble(), json.GetProperty("all").GetProperty("pearson").GetDouble(), 1e-4);
        using InferenceSession session = Load(folder);
        JsonElement[] rows = [.. reference.RootElement.GetProperty("rows").EnumerateArray()];
        float[][] vectors = session.Embed([.. rows.Select(row => new TextInput(row.GetProperty("text").GetString()!))]);
        Assert.Equal(200, vectors.Length);
        double largest = rows.Zip(vectors).Max(pair =>
            pair.First.GetProperty("embedding").EnumerateArray().Select(value => value.GetDouble()).Zip(pair.Second).Max(x => Math.Abs(x.First - x.Second)));
        Assert.True(largest <= 2e-6, $"vectors differ by {largest}");
    }

    // From the last hidden states on, in double precision.
    private static double[] Expected(string folder, string text, string mode, bool isNormalized, bool hasDense)
    {
        using InferenceSession session = Load(folder);
        var encoded = session.Tokenizer.Encode(text);
        int count = encoded.Length;
        float[] hidden = new float[count * 32];
        session.RunHidden(encoded.Ids, encoded.TypeIds, [count], hidden);
        double[] Column(int i) => [.. Enumerable.Range(0, count).Select(token => (double)hidden[(token * 32) + i])];
        double[] vector =
        [
            .. Enumerable.Range(0, 32).Select(i => mode switch
            {
                "pooling_mode_mean_tokens" => Column(i).Average(),
                "pooling_mode_max_tokens" => Column(i).Max(),
                "pooling_mode_mean_sqrt_len_tokens" => Column(i).Sum() / Math.Sqrt(count),
                "pooling_mode_lasttoken" => Column(i)[^1],
                _ => Column(i)[0],
            }),
        ];
        vector = !hasDense ? vector :
        [
            .. Enumerable.Range(0, 5).Select(row => Math.Tanh(
                SentenceEncoderFolder.DenseBiases[row] + vector.Select((value, i) => value * SentenceEncoderFolder.DenseWeights[(row * 32) + i]).Sum())),
        ];
        double length = isNormalized ? Math.Sqrt(vector.Sum(value => value * value)) : 1;
        return [.. vector.Select(value => value / length)];
    }

    private static InferenceSession Load(string path) => new SessionLoader(4096, 2, UsesCache: true).Load(ModelPath.Open(path, default), default);

    private static double[] Vector(string path, string text, params string[] options) =>
    [
        .. Tool.Json(["run", path, "--text", text, .. options])[0].GetProperty("vector").EnumerateArray().Select(value => value.GetDouble()),
    ];

    private string File(string name) => Path.Combine(_folder.Path, name);
}
