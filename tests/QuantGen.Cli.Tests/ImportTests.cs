using System.Text.Json;
using QuantGen.Checkpoints;
using QuantGen.Specs;
using QuantGen.Tests.Onnx;

namespace QuantGen.Cli.Tests;

public sealed class ImportTests : IDisposable
{
    private static readonly ModelSpec s_spec = OnnxExport.Tiny(BertArchitecture.Bert, BertHead.SequenceClassification);
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _output = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
    }

    [Fact]
    public void What_is_imported_opens_in_every_command()
    {
        string output = Path.Combine(_output.Path, "imported");
        string text = Tool.Text("import", Model(), "--vocabulary", Vocabulary(), "-o", output);
        Assert.Contains("bert, 2 layers, hidden 12, 3 heads, feed-forward 20, vocabulary 23, 9 positions, head sequence_classification", text);
        Assert.Contains($"41 tensors written to {output}", text);
        Assert.Contains("LABEL_", Tool.Text("run", output, "--text", "good film"));
        Assert.Equal("sequence_classification", Tool.Json("inspect", output).GetProperty("head").GetString());
        Tool.Json("quantize", output, "-o", Path.Combine(_output.Path, "model.qg.safetensors"), "--bits", "4");
        Assert.Equal(["config.json", "model.safetensors", "vocab.txt"], Directory.GetFiles(output).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void The_same_weights_answer_the_same_from_onnx_and_from_pickles()
    {
        OnnxExport export = OnnxExport.Of(s_spec, new ExportStyle { Attention = AttentionForm.Fused, Norms = NormForm.Skip, HasFusedActivation = true });
        string output = Path.Combine(_output.Path, "imported");
        JsonElement json = Tool.Json("import", _folder.Write("model.onnx", export.Writer.ToBytes()), "--vocabulary", Vocabulary(), "-o", output);
        Assert.Equal(41, json.GetProperty("tensors").GetInt32());
        string[] run = ["--text", "a good film", "--json"];
        string imported = Tool.Run(["run", output, .. run]).Output;
        File.Delete(Path.Combine(output, "model.safetensors"));
        File.WriteAllBytes(
            Path.Combine(output, "pytorch_model.bin"),
            TorchWriter.File([.. export.Weights.Select(tensor => ("bert." + tensor.Key, tensor.Value.Shape, tensor.Value.Values))]));
        Assert.NotEmpty(imported);
        Assert.Equal(imported, Tool.Run(["run", output, .. run]).Output);
    }

    [Fact]
    public void A_configuration_is_kept_and_a_head_that_was_not_exported_leaves_it()
    {
        string output = Path.Combine(_output.Path, "imported");
        Tool.Json("import", Model(), "--vocabulary", Vocabulary(), "-o", output);
        string config = _folder.Write("config.json", File.ReadAllBytes(Path.Combine(output, "config.json")));
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"model_type\"", "\"pad_token_id\": 0, \"model_type\"").Replace("LABEL_1", "good"));
        Tool.Json("import", Model(), "--vocabulary", Vocabulary(), "--config", config, "-o", output);
        Assert.Equal(File.ReadAllText(config), File.ReadAllText(Path.Combine(output, "config.json")));

        string encoder = _folder.Write("encoder.onnx", OnnxExport.Of(OnnxExport.Tiny(BertArchitecture.Bert), new ExportStyle()).Writer.ToBytes());
        Tool.Json("import", encoder, "--vocabulary", Vocabulary(), "--config", config, "-o", output);
        using JsonDocument written = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "config.json")));
        Assert.Equal("BertModel", written.RootElement.GetProperty("architectures")[0].GetString());
        Assert.Equal(0, written.RootElement.GetProperty("pad_token_id").GetInt32());
        Assert.False(written.RootElement.TryGetProperty("problem_type", out _));
        Assert.Equal("encoder", Tool.Json("inspect", output).GetProperty("head").GetString());
    }

    [Fact]
    public void Failures_are_one_line_and_leave_no_output()
    {
        string output = Path.Combine(_output.Path, "imported");
        string model = Model();
        Tool.Run("import", model, "-o", output).AssertFails(2, "name it with --vocabulary vocab.txt or --tokenizer tokenizer.json");
        Tool.Run("import", model, "--vocabulary", Vocabulary(), "-o", _folder.Path).AssertFails(2, "whose files would be overwritten");
        Tool.Run("import", _folder.Path, "--vocabulary", Vocabulary(), "-o", output).AssertFails(2, "is a folder");
        Tool.Run("import", model + "x", "--vocabulary", Vocabulary(), "-o", output).AssertFails(1, "model.onnxx");
        Tool.Run("import", Vocabulary(), "--vocabulary", Vocabulary(), "-o", output).AssertFails(1, "vocab.txt: byte");
        string longer = _folder.Write("longer.txt", [.. File.ReadAllBytes(Vocabulary()), .. "more\n"u8]);
        Tool.Run("import", model, "--vocabulary", longer, "-o", output).AssertFails(1, "at most 23 pieces, as the model has word embeddings, found 24");
        Assert.False(Path.Exists(output));
    }

    [RealExportFact]
    [Trait("Category", "Shared")]
    public void The_real_export_has_the_published_tensors_bit_for_bit()
    {
        (string model, string vocabulary) = RealExport.Write(_folder.Path);
        string output = Path.Combine(_output.Path, "imported");
        Tool.Json("import", model, "--vocabulary", vocabulary, "-o", output);
        string published = SharedFiles.Path("models/all-MiniLM-L6-v2");
        using SafetensorsFile found = SafetensorsFile.Open(Path.Combine(output, "model.safetensors"));
        using SafetensorsFile expected = SafetensorsFile.Open(Path.Combine(published, "model.safetensors"));
        Assert.Equal(expected.Tensors.Select(tensor => tensor.ToString()).Order(), found.Tensors.Select(tensor => tensor.ToString()).Order());
        Assert.All(expected.Tensors, tensor => Assert.True(
            found.TryGet(tensor.Name, out SafetensorsTensor? same) && found.Bytes(same).SequenceEqual(expected.Bytes(tensor)), tensor.Name));
        JsonElement dimensions = Tool.Json("inspect", published);
        Assert.Equal(dimensions.GetProperty("spec_sha256").GetString(), Tool.Json("inspect", output).GetProperty("spec_sha256").GetString());
    }

    private string Model() => _folder.Write("model.onnx", OnnxExport.Of(s_spec, new ExportStyle { HasHead = true }).Writer.ToBytes());

    private string Vocabulary() =>
        _folder.Write("vocab.txt", System.Text.Encoding.UTF8.GetBytes(string.Join('\n', (string[])[.. TinyCheckpoint.Vocabulary, "w", "x", "y", "z"]) + "\n"));
}
