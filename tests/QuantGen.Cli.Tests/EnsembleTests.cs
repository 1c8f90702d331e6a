using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary>Ensembles of one-bit students: one command, one file, and every command reads it.</summary>
public sealed class EnsembleTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    private static readonly string[] s_binary =
        ["--scheme", "ternary", "--bits", "1", "--ensemble", "2", "--epochs", "2", "--batch", "8", "--learning-rate", "3e-3", "--dropout", "0"];

    private static readonly string[] s_pairs =
        ["--scheme", "binarybert", "--bits", "1", "--ensemble", "2", "--epochs", "3", "--batch", "8", "--learning-rate", "3e-3", "--dropout", "0"];

    [Theory]
    [InlineData("epoch 1, step 2", false)]
    [InlineData("epoch 1 done", false)]
    [InlineData("member 1 of 2: weighted error", false)]
    [InlineData("stage 2 of 2", false)]
    [InlineData("epoch 4, step 18", false)]
    [InlineData("stage 3 of 4: member 1 of 2", true)]
    [InlineData("epoch 7, step 32", true)]
    [InlineData("stage 4 of 4: member 2 of 2", true)]
    [InlineData("epoch 11, step 52", true)]
    public void Members_go_on_from_wherever_they_were_interrupted(string line, bool inPairs)
    {
        JsonElement json = AssertResumes("members", line, inPairs ? s_pairs : s_binary);
        Assert.Equal(2, json.GetProperty("members").GetArrayLength());
    }

    // The fixture's teacher has learnt nothing, so that members may be no better than chance.
    [Theory]
    [InlineData("first", "stage 5 of 5: member 2 of 2")]
    [InlineData("all", "stage 6 of 6: member 2 of 2, pairs of binary weights learn answers")]
    public void Members_under_a_teacher_go_on(string teacher, string line) => AssertResumes("taught", line, [.. s_pairs, "--ensemble-teacher", teacher]);

    [Fact]
    public void Every_command_reads_an_ensemble()
    {
        string file = files.File("read.qg.safetensors");
        JsonElement test = Tool.Json([.. Command(file), .. s_binary, "--test-data", files.Data]);
        JsonElement[] members = [.. test.GetProperty("members").EnumerateArray()];
        Assert.Equal(test.GetProperty("value").GetDouble(), test.GetProperty("test").GetProperty("after").GetProperty("value").GetDouble());
        Assert.All(members, member => Assert.Equal(member.GetProperty("value").GetDouble(), member.GetProperty("test").GetDouble()));

        JsonElement inspected = Tool.Json("inspect", file);
        Assert.Equal(
            members.Select(member => member.GetProperty("vote").GetDouble()),
            inspected.GetProperty("ensemble").GetProperty("votes").EnumerateArray().Select(vote => vote.GetDouble()));
        Assert.Contains("\"ensemble.1.pooler.dense.codes\"", inspected.GetProperty("tensors").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(new FileInfo(file).Length, inspected.GetProperty("bytes_total").GetInt64());
        Assert.Contains("an ensemble of 2 such models", Tool.Text("inspect", file), StringComparison.Ordinal);
        Assert.Contains("\"ensemble\": {\"votes\":[", File.ReadAllText(files.File("read.spec.json")), StringComparison.Ordinal);

        Assert.Contains("tive", Tool.Text("run", file, "--text", "a fun film", "--vote", "majority"), StringComparison.Ordinal);
        double heavier = Tool.Json("evaluate", file, "--data", files.Data, "--vote", "votes").GetProperty("value").GetDouble();
        Assert.Contains(members, member => member.GetProperty("value").GetDouble() == heavier);
        Assert.Equal(1, Tool.Json("compare", file, file, "--data", files.Data).GetProperty("agreement").GetDouble());
        Assert.True(Tool.Json("bench", file, "--sequence-length", "8", "--runs", "3", "--explain").GetProperty("median_ms").GetDouble() > 0);
        Assert.True(Tool.Json("build", file, "-o", files.File("built")).GetProperty("model_bytes").GetInt64() > 0);
        Tool.Run("evaluate", files.Packed, "--data", files.Data, "--vote", "votes").AssertFails(2, "--vote needs an ensemble");
        Tool.Run("bench", files.Packed, "--vote", "votes").AssertFails(2, "--vote needs an ensemble");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Members_share_layers_and_go_on(bool inPairs)
    {
        string line = inPairs ? "epoch 11, step 52" : "epoch 4, step 18";
        JsonElement json = AssertResumes("sharing", line, [.. inPairs ? s_pairs : s_binary, "--shared-layers", "1"]);
        Assert.Equal(2, json.GetProperty("members").GetArrayLength());
        string file = files.File("sharing.qg.safetensors");
        JsonElement inspected = Tool.Json("inspect", file);
        string tensors = inspected.GetProperty("tensors").GetRawText();
        Assert.Equal(1, inspected.GetProperty("ensemble").GetProperty("shared_layers").GetInt32());
        Assert.DoesNotContain("\"ensemble.1.encoder.layer.0.", tensors, StringComparison.Ordinal);
        Assert.Contains("\"ensemble.1.encoder.layer.1.", tensors, StringComparison.Ordinal);
        Assert.Contains("which share the embeddings and 1 of the layers, listed once", Tool.Text("inspect", file), StringComparison.Ordinal);
        Assert.Contains("\"shared_layers\":1}", File.ReadAllText(files.File("sharing.spec.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Shared_layers_are_part_of_a_kept_state()
    {
        string output = files.File("shared-kept.qg.safetensors");
        Assert.Equal(130, ActingWriter.Interrupt("epoch 1, step 2", [.. Command(output), .. s_binary, "--shared-layers", "1"]).Code);
        ToolResult other = Tool.Run([.. Command(output), .. s_binary, "--resume"]);
        Assert.Equal(1, other.Code);
        Assert.Contains("'shared layers' of an interrupted training", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_no_better_than_chance_ends_the_training()
    {
        // Nothing is learnt, so that the second member gets wrong what the first did, which has half of the weight by then.
        string output = files.File("weak.qg.safetensors");
        ToolResult result = Tool.Run(
            [.. Command(output), .. "--scheme ternary --bits 1 --ensemble 3 --epochs 1 --learning-rate 0 --dropout 0 --max-steps 1".Split(' ')]);
        Assert.Equal(string.Empty, result.Error);
        Assert.Contains("no better than chance", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("member 3 of 3:", result.Output, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, Tool.Json("inspect", output).GetProperty("ensemble").ValueKind);
    }

    [Theory]
    [InlineData("--ensemble needs --bits 1", "--bits", "2", "--ensemble", "2")]
    [InlineData("--ensemble and --loss-aware exclude each other", "--bits", "1", "--scheme", "ternary", "--ensemble", "2", "--loss-aware")]
    [InlineData("--ensemble-teacher needs --ensemble", "--bits", "1", "--scheme", "ternary", "--ensemble-teacher", "all")]
    [InlineData("--ensemble-teacher all needs a loss with kd", "--bits", "1", "--scheme", "linear", "--ensemble", "2", "--ensemble-teacher", "all")]
    [InlineData("--loss kd+gt needs --ensemble-teacher first or all", "--bits", "1", "--scheme", "ternary", "--ensemble", "2", "--loss", "kd+gt")]
    [InlineData("--ensemble takes", "--bits", "1", "--scheme", "ternary", "--ensemble", "1")]
    [InlineData("--shared-layers needs --ensemble", "--bits", "1", "--scheme", "ternary", "--shared-layers", "1")]
    [InlineData("--shared-layers 2: members of a model with 2 layers share 0 to 1 of them, not 2",
        "--bits", "1", "--scheme", "ternary", "--ensemble", "2", "--shared-layers", "2")]
    public void Misuse_is_explained(string message, params string[] options)
        => Tool.Run([.. Command(files.File("x.qg.safetensors")), .. options]).AssertFails(2, message);

    [Fact]
    public void Members_that_give_numbers_are_averaged_by_their_weights_and_go_on()
    {
        string teacher = TinyCheckpoint.Write(files.File("regression"), "BertForSequenceClassification", "score");
        string data = TinyCheckpoint.WriteData(files.File("scores.tsv"), isRegression: true);
        string[] Command(string output) => ["distill", "--teacher", teacher, "--data", data, "--eval-data", data, "-o", output, .. s_binary];
        string expected = files.File("scores.qg.safetensors");
        JsonElement json = Tool.Json(Command(expected));
        double[] votes = [.. json.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("vote").GetDouble())];
        Assert.Equal(2, votes.Length);
        Assert.All(votes, vote => Assert.True(vote > 0));
        Assert.Equal(json.GetProperty("value").GetDouble(), Tool.Json("evaluate", expected, "--data", data).GetProperty("value").GetDouble());

        string actual = files.File("scores-cut.qg.safetensors");
        Assert.Equal(130, ActingWriter.Interrupt("epoch 3, step", Command(actual)).Code);
        Tool.Json([.. Command(actual), "--resume"]);
        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(actual));
        Tool.Run("evaluate", expected, "--data", data, "--vote", "majority").AssertFails(2, "--vote votes and majority count classes");
    }

    [Fact]
    public void Only_classifiers_and_regressions_vote()
    {
        string encoder = TinyCheckpoint.Write(files.File("tagger"), "BertForTokenClassification", "O", "B-LOC");
        File.WriteAllText(files.File("words.conll"), "good B-LOC\nfilm O\n");
        Tool.Run([.. "distill --bits 1 --scheme ternary --ensemble 2 --teacher".Split(' '), encoder, "--data",
            files.File("words.conll"), "-o", files.File("x.qg.safetensors")])
            .AssertFails(2, "--ensemble needs a classifier or a regression, and this model has the head token_classification");
    }

    private JsonElement AssertResumes(string name, string line, string[] options)
    {
        string expected = files.File($"{name}.qg.safetensors");
        JsonElement json = Tool.Json([.. Command(expected), .. options, "--threads", "1"]);
        string actual = files.File($"{name}-cut.qg.safetensors");
        Assert.Equal(130, ActingWriter.Interrupt(line, [.. Command(actual), .. options, "--threads", "2"]).Code);
        JsonElement resumed = Tool.Json([.. Command(actual), .. options, "--resume"]);
        Assert.Equal(json.GetProperty("members").GetRawText(), resumed.GetProperty("members").GetRawText());
        Assert.Equal(json.GetProperty("epochs").GetRawText(), resumed.GetProperty("epochs").GetRawText());
        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(actual));
        Assert.Equal(json.GetProperty("value").GetDouble(), Tool.Json("evaluate", expected, "--data", files.Data).GetProperty("value").GetDouble());
        return json;
    }

    private string[] Command(string output) => Distillation.Command(files, output);
}
