using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary>Students of integers: what training measures is what the packed file computes.</summary>
public sealed class IntegerStudentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Correlations of outputs agree to the last digit only where all outputs do.
    [Theory]
    [InlineData("linear", 8, "kd")]
    [InlineData("lsq", 3, "kd+gt")]
    [InlineData("ternary", 2, "kd")]
    public void Training_measures_the_integers_of_the_file(string scheme, int bits, string loss)
    {
        string[] command = [.. Command("score"), "--scheme", scheme, "--bits", $"{bits}", "--loss", loss, "--epochs", "2"];
        string output = At("student.qg.safetensors");
        JsonElement json = Tool.Json([.. command, "-o", output, "--threads", "1"]);
        JsonElement evaluated = Tool.Json("evaluate", output, "--data", At("data.tsv"));
        Assert.Equal(evaluated.GetProperty("value").GetDouble(), json.GetProperty("value").GetDouble());
        Assert.Equal(evaluated.GetProperty("value").GetDouble(), json.GetProperty("test").GetProperty("after").GetProperty("value").GetDouble());
        Assert.Contains("numerics integer", Tool.Text("inspect", output), StringComparison.Ordinal);

        string cut = At("cut.qg.safetensors");
        Assert.Equal(130, ActingWriter.Interrupt("epoch 2, step", [.. command, "-o", cut, "--threads", "2"]).Code);
        Tool.Json([.. command, "-o", cut, "--resume"]);
        Assert.Equal(File.ReadAllBytes(output), File.ReadAllBytes(cut));
    }

    [Theory]
    [InlineData("Numerics.Integer excludes weights of 1 and 32 bits", "--scheme", "ternary", "--bits", "1")]
    [InlineData("Numerics.Integer excludes activations of 4 bits; use 8", "--scheme", "lsq", "--bits", "4", "--activation-bits", "4")]
    [InlineData("Numerics.Integer excludes codebooks and pairs", "--scheme", "k-means", "--bits", "3")]
    [InlineData("--numerics integer learns from outputs without dropout", "--scheme", "lsq", "--bits", "4", "--dropout", "0.1")]
    public void Misuse_is_explained(string message, params string[] options) =>
        Tool.Run([.. Command("score"), .. options, "-o", At("x.qg.safetensors")]).AssertFails(2, message);

    private string[] Command(string label)
    {
        string teacher = TinyCheckpoint.Write(At("teacher"), "BertForSequenceClassification", label);
        string data = TinyCheckpoint.WriteData(At("data.tsv"), isRegression: true);
        return
        [
            "distill", "--teacher", teacher, "--data", data, "--eval-data", data, "--test-data", data, "--numerics", "integer", "--batch", "8",
            "--learning-rate", "1e-3",
        ];
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
