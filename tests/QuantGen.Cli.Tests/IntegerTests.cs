using System.Text.Json;
using QuantGen.Cli.Models;
using QuantGen.Execution;
using QuantGen.Integers;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Tokenization;

namespace QuantGen.Cli.Tests;

/// <summary>Models without floats, from the command line.</summary>
public sealed class IntegerTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    private static readonly string[] s_texts = ["one two", "three", "a b c d"];

    [Theory]
    [InlineData("8")]
    [InlineData("8", "--method", "integer-only")]
    [InlineData("2", "--groups", "4", "--method", "gptq")]
    public void Files_say_so_and_logits_are_the_integers_of_the_definition(string bits, params string[] options)
    {
        bool isNamed = options.Contains("integer-only");
        string output = files.File($"integer-{bits}-{options.Length}.qg.safetensors");
        Tool.Json(
            ["quantize", files.Checkpoint, "-o", output, "--bits", bits, "--calibration", files.Data, .. options, .. isNamed ? [] : s_integer]);
        JsonElement shown = Tool.Json("inspect", output);
        Assert.Equal("integer", shown.GetProperty("numerics").GetString());
        Assert.Equal("static", shown.GetProperty("activation_range").GetString());
        Assert.Equal(8, shown.GetProperty("attention_bits").GetInt32());
        Assert.Contains("there is no float between token ids and outputs", Tool.Text("inspect", output));
        Assert.Equal("float", Tool.Json("inspect", files.Packed).GetProperty("numerics").GetString());

        using PackedModel model = PackedModel.Open(output);
        AssertSame(model, output, s_texts);
    }

    [Fact]
    public void Logits_stay_close_to_those_of_the_checkpoint()
    {
        string output = files.File("integer-close.qg.safetensors");
        Tool.Json(["quantize", files.Checkpoint, "-o", output, "--bits", "8", "--calibration", files.Data, .. s_integer]);
        Assert.Equal(0, Tool.Run("compare", files.Checkpoint, output, "--data", files.Data, "--max-drop", "10").Code);
    }

    [Fact]
    public void The_step_brings_outputs_no_farther_and_gives_the_same_bytes_for_any_number_of_threads()
    {
        byte[] Quantize(string threads)
        {
            string output = files.File($"integer-step-{threads}.qg.safetensors");
            Tool.Json(
                "quantize", files.Checkpoint, "-o", output, "--bits", "4", "--method", "integer-only", "--calibration", files.Data, "--threads", threads);
            return File.ReadAllBytes(output);
        }

        Assert.Equal(Quantize("1"), Quantize("2"));
        string plain = files.File("integer-plain.qg.safetensors");
        Tool.Json(["quantize", files.Checkpoint, "-o", plain, "--bits", "4", "--clipping", "mse", "--calibration", files.Data, .. s_integer]);
        Assert.InRange(Distance(files.File("integer-step-1.qg.safetensors")), 0, Distance(plain));
    }

    [Theory]
    [InlineData("--numerics integer needs --calibration")]
    [InlineData("a step of the recipe is for models without floats", "--method", "integer-only", "--numerics", "float", "--calibration", "data")]
    [InlineData("excludes activations of 4 bits", "--activation-bits", "4", "--calibration", "data")]
    [InlineData("excludes a range of each token", "--activation-range", "per-token", "--calibration", "data")]
    public void What_excludes_it_is_refused(string message, params string[] options)
    {
        string[] numerics = options.Contains("--numerics") ? [] : s_integer;
        ToolResult result = Tool.Run(
        [
            "quantize", files.Checkpoint, "-o", files.File("none.qg.safetensors"), "--bits", "8", .. numerics,
            .. options.Select(option => option == "data" ? files.Data : option),
        ]);
        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error);
    }

    [Fact]
    public void Compiling_a_checkpoint_asks_for_calibration() => Assert.Contains(
        "quantize the checkpoint first, with --calibration",
        Tool.Run(["build", files.Checkpoint, "-o", files.File("none"), "--bits", "8", .. s_integer]).Error);

    [Fact]
    [Trait("Category", "Shared")]
    public void Five_hundred_questions_have_the_logits_of_the_definition_and_the_accuracy_of_floats()
    {
        string trec = SharedFiles.Path("models/trec");
        string test = SharedFiles.Path("data/TREC/test.tsv");
        string[] outputs = [files.File("trec-float.qg.safetensors"), files.File("trec-integer.qg.safetensors")];
        string[] quantize = ["quantize", trec, "--bits", "8", "--calibration", SharedFiles.Path("data/TREC/train.tsv"), "--samples", "128"];
        Tool.Json([.. quantize, "-o", outputs[0]]);
        Tool.Json([.. quantize, "-o", outputs[1], .. s_integer]);
        double[] accuracy = [.. outputs.Select(output => Tool.Json("evaluate", output, "--data", test).GetProperty("value").GetDouble())];
        Assert.InRange(accuracy[1], accuracy[0] - 0.003, 1);

        using PackedModel model = PackedModel.Open(outputs[1]);
        AssertSame(model, outputs[1], [.. File.ReadLines(test).Skip(1).Select(line => line.Split('\t')[0])]);
    }

    private static readonly string[] s_integer = ["--numerics", "integer"];

    private static void AssertSame(PackedModel model, string path, IReadOnlyList<string> texts)
    {
        var reference = new IntegerReference(model);
        using InferenceSession session = new SessionLoader(4096, Threads: 1, UsesCache: true).Load(PackedModel.Open(path), default);
        float unit = (float)FixedPoint.ScaleOf(FixedPoint.LogitBits);
        foreach (string text in texts)
        {
            EncodedText encoded = session.Tokenizer.Encode(text);
            int[] ids = [.. encoded.Ids];
            byte[] types = [.. encoded.TypeIds];
            float[] logits = new float[session.Spec.OutputCount];
            session.Run(ids, types, [ids.Length], logits);
            Assert.Equal(reference.Run(ids, types).Select(logit => logit * unit), logits);
        }
    }

    // The squared distance of logits from those in full precision.
    private double Distance(string packed)
    {
        double[][] logits =
        [
            .. new[] { files.Checkpoint, packed }.Select(path =>
            {
                string table = files.File("distance.tsv");
                File.Delete(table);
                Tool.Json("evaluate", path, "--data", files.Data, "--logits", table);
                return File.ReadLines(table).SelectMany(line => line.Split('\t'))
                    .Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            }),
        ];
        return logits[0].Zip(logits[1], (a, b) => (a - b) * (a - b)).Sum();
    }
}
