using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary>Students of integers, and those that round every operation: what training measures is what the packed file computes.</summary>
public sealed class ExecutedStudentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Correlations of outputs agree to the last digit only where all outputs do.
    [Theory]
    [InlineData("integer", "linear", 8, "kd")]
    [InlineData("integer", "lsq", 3, "kd+gt")]
    [InlineData("integer", "ternary", 2, "kd")]
    [InlineData("quantized", "fullyqt", 4, "kd+gt")]
    public void Training_measures_the_outputs_of_the_file(string numerics, string scheme, int bits, string loss)
    {
        string[] command = [.. Command("score", numerics), "--scheme", scheme, "--bits", $"{bits}", "--loss", loss, "--epochs", "2"];
        string output = At("student.qg.safetensors");
        JsonElement json = Tool.Json([.. command, "-o", output, "--threads", "1"]);
        JsonElement evaluated = Tool.Json("evaluate", output, "--data", At("data.tsv"));
        Assert.Equal(evaluated.GetProperty("value").GetDouble(), json.GetProperty("value").GetDouble());
        Assert.Equal(evaluated.GetProperty("value").GetDouble(), json.GetProperty("test").GetProperty("after").GetProperty("value").GetDouble());
        Assert.Contains("numerics " + numerics, Tool.Text("inspect", output), StringComparison.Ordinal);

        string cut = At("cut.qg.safetensors");
        Assert.Equal(130, ActingWriter.Interrupt("epoch 2, step", [.. command, "-o", cut, "--threads", "2"]).Code);
        Tool.Json([.. command, "-o", cut, "--resume"]);
        Assert.Equal(File.ReadAllBytes(output), File.ReadAllBytes(cut));
    }

    [Theory]
    [InlineData("--scheme fullyqt rounds every operation, which --numerics integer excludes", "integer", "--scheme", "fullyqt", "--bits", "4")]
    [InlineData("--numerics quantized is trained by --scheme fullyqt", "quantized", "--scheme", "lsq", "--bits", "4")]
    [InlineData("--numerics quantized learns from outputs without dropout", "quantized", "--scheme", "fullyqt", "--bits", "4", "--dropout", "0.1")]
    [InlineData("Numerics.Quantized excludes attention of 32 bits", "quantized", "--scheme", "fullyqt", "--bits", "4", "--attention-bits", "32")]
    public void Misuse_of_numerics_is_explained(string message, string numerics, params string[] options) =>
        Tool.Run([.. Command("score", numerics), .. options, "-o", At("x.qg.safetensors")]).AssertFails(2, message);

    [Theory]
    [InlineData("Numerics.Integer excludes weights of 1 and 32 bits", "--scheme", "ternary", "--bits", "1")]
    [InlineData("Numerics.Integer excludes activations of 4 bits; use 8", "--scheme", "lsq", "--bits", "4", "--activation-bits", "4")]
    [InlineData("Numerics.Integer excludes codebooks and pairs", "--scheme", "k-means", "--bits", "3")]
    [InlineData("--numerics integer learns from outputs without dropout", "--scheme", "lsq", "--bits", "4", "--dropout", "0.1")]
    public void Misuse_is_explained(string message, params string[] options) =>
        Tool.Run([.. Command("score", "integer"), .. options, "-o", At("x.qg.safetensors")]).AssertFails(2, message);

    private string[] Command(string label, string numerics)
    {
        string teacher = TinyCheckpoint.Write(At("teacher"), "BertForSequenceClassification", label);
        string data = TinyCheckpoint.WriteData(At("data.tsv"), isRegression: true);
        return
        [
            "distill", "--teacher", teacher, "--data", data, "--eval-data", data, "--test-data", data, "--numerics", numerics, "--batch", "8",
            "--learning-rate", "1e-3",
        ];
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
