using System.Text.Json;

namespace QuantGen.Cli.Tests.Engines;

public sealed class EngineOptionTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Theory]
    [InlineData("--engine takes generated or torch, and it is 'onnx'", "--engine", "onnx")]
    [InlineData("--device takes cpu, cuda or cuda:N, and it is 'gpu'", "--device", "gpu")]
    [InlineData("--device takes cpu, cuda or cuda:N, and it is 'cuda:-1'", "--device", "cuda:-1")]
    [InlineData("--device takes cpu, cuda or cuda:N, and it is 'cuda:'", "--device", "cuda:")]
    [InlineData("--device cuda:0 needs --engine torch; generated code computes on the processor", "--device", "cuda")]
    [InlineData("--device cuda:1 needs --engine torch; generated code computes on the processor", "--engine", "generated", "--device", "CUDA:1")]
    [InlineData("--precision takes float32 or bfloat16, and it is 'float16'", "--precision", "float16")]
    [InlineData("--precision bfloat16 needs --engine torch; generated code multiplies in float32", "--precision", "bfloat16")]
    [InlineData("--precision bfloat16 needs --engine torch", "--engine", "generated", "--precision", "BFLOAT16")]
    [InlineData("Unrecognized command or argument '--teacher-engine'", "--teacher-engine", "generated")]
    public void Misuse_is_explained(string message, params string[] options) => Tool.Run([.. Train("misused"), .. options]).AssertFails(2, message);

    [Fact]
    public void Device_without_an_engine_for_it_is_refused_for_the_teacher_too()
        => Tool.Run(
            "distill", "--teacher", files.Checkpoint, "--data", files.Data, "--bits", "8", "-o", files.File("x"), "--teacher-engine", "generated", "--device",
            "cuda:2")
            .AssertFails(2, "--device cuda:2 needs --engine torch");

    [Fact]
    public void Generated_code_computes_on_the_processor_and_is_the_default()
    {
        JsonElement named = Tool.Json([.. Train("named"), "--engine", "generated", "--device", "cpu", "--precision", "float32"]);
        Tool.Json(Train("silent"));
        Assert.Equal(("generated", "cpu"), (named.GetProperty("engine").GetString(), named.GetProperty("device").GetString()));
        Assert.Equal("float32", named.GetProperty("precision").GetString());
        Assert.Equal(Weights("named"), Weights("silent"));
    }

    [Fact]
    public void Memory_plan_log_and_page_name_engine_and_device()
    {
        (string log, string page) = (files.File("engine.jsonl"), files.File("engine.html"));
        string text = Tool.Text(
            "distill", "--teacher", files.Checkpoint, "--data", files.Data, "--bits", "8", "-o", files.File("logged"), "--max-steps", "1", "--log", log,
            "--report", page);
        Assert.Matches(@"^memory: [0-9.,]+ MB with generated on cpu \(parameters", text);
        using JsonDocument start = JsonDocument.Parse(File.ReadLines(log).First());
        Assert.All(["engine", "teacher_engine"], name => Assert.Equal("generated", start.RootElement.GetProperty(name).GetString()));
        Assert.All(["device", "teacher_device"], name => Assert.Equal("cpu", start.RootElement.GetProperty(name).GetString()));
        Assert.All(["precision", "teacher_precision"], name => Assert.Equal("float32", start.RootElement.GetProperty(name).GetString()));
        string html = File.ReadAllText(page);
        Assert.All(
            ["<td>engine</td><td>generated</td>", "<td>device</td><td>cpu</td>", "<td>engine of the teacher</td><td>generated on cpu</td>"],
            row => Assert.Contains(row, html, StringComparison.Ordinal));
    }

    private string[] Train(string output) => ["train", "--from", files.Checkpoint, "--data", files.Data, "-o", files.File(output), "--max-steps", "2"];

    private byte[] Weights(string name) => File.ReadAllBytes(Path.Combine(files.File(name), "model.safetensors"));
}
