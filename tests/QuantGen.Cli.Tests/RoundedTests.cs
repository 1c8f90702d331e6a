using System.Text.Json;
using QuantGen.Cli.Models;
using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Rounding;
using QuantGen.Specs;
using QuantGen.Tokenization;

namespace QuantGen.Cli.Tests;

/// <summary>Models whose every operation is rounded (FullyQT), from the command line.</summary>
public sealed class RoundedTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    private static readonly string[] s_texts = ["one two", "three", "a b c d"];

    [Theory]
    [InlineData("8")]
    [InlineData("4", "--activation-bits", "6", "--clipping", "min-max")]
    [InlineData("2", "--groups", "4", "--embedding-bits", "3")]
    public void Files_say_so_and_logits_are_those_of_the_definition(string bits, params string[] options)
    {
        string output = files.File($"rounded-{bits}.qg.safetensors");
        Quantize(output, ["--bits", bits, "--scheme", "fullyqt", .. options]);
        JsonElement shown = Tool.Json("inspect", output);
        Assert.Equal("quantized", shown.GetProperty("numerics").GetString());
        Assert.Equal("static", shown.GetProperty("activation_range").GetString());
        Assert.Contains("operands and results of all operations but sums are codes", Tool.Text("inspect", output), StringComparison.Ordinal);
        using PackedModel model = PackedModel.Open(output);
        AssertSame(model, output, s_texts);
    }

    [Fact]
    public void Numerics_and_scheme_imply_each_other()
    {
        string[] outputs = [files.File("rounded-scheme.qg.safetensors"), files.File("rounded-numerics.qg.safetensors")];
        Quantize(outputs[0], "--bits", "5", "--scheme", "fullyqt");
        Quantize(outputs[1], "--bits", "5", "--numerics", "quantized");
        Assert.Equal(File.ReadAllBytes(outputs[0]), File.ReadAllBytes(outputs[1]));
    }

    [Fact]
    public void Factors_of_normalizations_are_values_of_codes()
    {
        string output = files.File("rounded-factors.qg.safetensors");
        Quantize(output, "--bits", "2", "--activation-bits", "2", "--scheme", "fullyqt");
        using PackedModel model = PackedModel.Open(output);
        foreach (RoundingPlace place in model.Spec.RoundingPlaces().Where(place => place.Sites.Count > 1))
        {
            Assert.InRange(model.Floats(place.Owner + ".weight").ToArray().Distinct().Count(), 1, 4);
        }
    }

    [Fact]
    public void Logits_stay_close_to_those_of_the_checkpoint()
    {
        string output = files.File("rounded-close.qg.safetensors");
        Quantize(output, "--bits", "8", "--scheme", "fullyqt");
        Assert.Equal(0, Tool.Run("compare", files.Checkpoint, output, "--data", files.Data, "--max-drop", "10").Code);
    }

    [Theory]
    [InlineData("--scheme fullyqt needs --calibration", "--scheme", "fullyqt")]
    [InlineData("which needs Numerics.Quantized", "--scheme", "fullyqt", "--numerics", "float", "--calibration", "data")]
    [InlineData("which excludes the scheme lsq", "--scheme", "lsq", "--numerics", "quantized", "--calibration", "data")]
    [InlineData("excludes a range of each token", "--scheme", "fullyqt", "--activation-range", "per-token", "--calibration", "data")]
    [InlineData("excludes ranges along inputs", "--scheme", "fullyqt", "--group-size", "32", "--calibration", "data")]
    [InlineData("there are only rules for ranges of activations", "--scheme", "fullyqt", "--method", "gptq", "--calibration", "data")]
    [InlineData("needs --bits 2 to 8", "--scheme", "fullyqt", "--bits", "32", "--calibration", "data")]
    public void What_excludes_it_is_refused(string message, params string[] options)
    {
        string[] bits = options.Contains("--bits") ? [] : ["--bits", "8"];
        ToolResult result = Tool.Run(
        [
            "quantize", files.Checkpoint, "-o", files.File("none.qg.safetensors"), .. bits,
            .. options.Select(option => option == "data" ? files.Data : option),
        ]);
        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error);
    }

    [Fact]
    [Trait("Category", "Shared")]
    public void Eight_bits_have_the_accuracy_of_floats_between_products()
    {
        string trec = SharedFiles.Path("models/trec");
        string test = SharedFiles.Path("data/TREC/test.tsv");
        string[] outputs = [files.File("trec-floats.qg.safetensors"), files.File("trec-rounded.qg.safetensors")];
        string[] quantize = ["quantize", trec, "--bits", "8", "--calibration", SharedFiles.Path("data/TREC/train.tsv"), "--samples", "128"];
        Tool.Json([.. quantize, "-o", outputs[0]]);
        Tool.Json([.. quantize, "-o", outputs[1], "--scheme", "fullyqt"]);
        double[] accuracy = [.. outputs.Select(output => Tool.Json("evaluate", output, "--data", test).GetProperty("value").GetDouble())];
        Assert.InRange(accuracy[1], accuracy[0] - 0.005, 1);

        using PackedModel model = PackedModel.Open(outputs[1]);
        AssertSame(model, outputs[1], [.. File.ReadLines(test).Skip(1).Take(10).Select(line => line.Split('\t')[0])]);
    }

    private static void AssertSame(PackedModel model, string path, IReadOnlyList<string> texts)
    {
        var reference = new RoundedReference(model);
        using InferenceSession session = new SessionLoader(4096, Threads: 1, UsesCache: true).Load(PackedModel.Open(path), default);
        foreach (string text in texts)
        {
            EncodedText encoded = session.Tokenizer.Encode(text);
            int[] ids = [.. encoded.Ids];
            byte[] types = [.. encoded.TypeIds];
            float[] logits = new float[session.Spec.OutputCount];
            session.Run(ids, types, [ids.Length], logits);
            Assert.Equal(reference.Run(ids, types), logits);
        }
    }

    private void Quantize(string output, params string[] options) =>
        Tool.Json(["quantize", files.Checkpoint, "-o", output, "--calibration", files.Data, .. options]);
}
