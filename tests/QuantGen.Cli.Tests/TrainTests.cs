using System.Text.Json;

namespace QuantGen.Cli.Tests;

public sealed class TrainTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Fact]
    public void Model_trained_from_nothing_is_what_evaluate_measures()
    {
        string output = files.File("from-nothing");
        JsonElement json = Tool.Json([.. FromNothing(output), "--epochs", "3"]);
        Assert.Equal("accuracy", json.GetProperty("metric").GetString());
        Assert.Equal(6, json.GetProperty("steps").GetInt32());
        Assert.Equal(3, json.GetProperty("epochs").GetArrayLength());
        Assert.Equal(
            json.GetProperty("value").GetDouble(), Tool.Json("evaluate", output, "--data", files.Data, "--max-length", "24").GetProperty("value").GetDouble());
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "config.json")));
        Assert.Equal("BertForSequenceClassification", config.RootElement.GetProperty("architectures")[0].GetString());
        Assert.Equal("positive", config.RootElement.GetProperty("id2label").GetProperty("1").GetString());
        Assert.False(File.Exists(output + ".training"));
    }

    [Fact]
    public void Learns_what_can_be_learnt()
    {
        JsonElement json = Tool.Json([.. FromNothing(files.File("learnt")), "--epochs", "40", "--batch", "8", "--learning-rate", "3e-3"]);
        Assert.InRange(json.GetProperty("value").GetDouble(), 0.9, 1);
    }

    [Fact]
    public void Threads_do_not_change_a_byte()
    {
        Tool.Json([.. FromNothing(files.File("one")), "--epochs", "2", "--threads", "1"]);
        Tool.Json([.. FromNothing(files.File("two")), "--epochs", "2", "--threads", "2"]);
        Assert.Equal(Weights("one"), Weights("two"));
    }

    [Fact]
    public void Interrupted_run_continues_to_the_same_bytes()
    {
        string[] options = ["--epochs", "4", "--batch", "8", "--checkpoint-every", "3"];
        Tool.Json([.. FromNothing(files.File("whole")), .. options]);
        string output = files.File("cut");
        ToolResult cut = ActingWriter.Interrupt("epoch 2, step 7", [.. FromNothing(output), .. options]);
        Assert.Equal((130, "quantgen: interrupted\n"), (cut.Code, cut.Error.ReplaceLineEndings("\n")));
        Assert.True(File.Exists(output + ".training"));
        Assert.False(Directory.Exists(output));
        Tool.Run([.. FromNothing(output), .. options]).AssertFails(2, "holds an interrupted training; continue it with --resume, or delete it");
        Tool.Run([.. FromNothing(output), .. options, "--resume", "--seed", "9"])
            .AssertFails(1, "'dropout seed' of an interrupted training: expected 9, found 0");
        Assert.Contains("continuing after step 7 of 20", Tool.Text([.. FromNothing(output), .. options, "--resume"]));
        Assert.Equal(Weights("whole"), Weights("cut"));
        Assert.False(File.Exists(output + ".training"));
    }

    [Fact]
    public void Run_that_fails_writes_its_best_epoch_and_says_where()
    {
        string[] options = ["--epochs", "4", "--batch", "8"];
        string best = files.File("best");
        Tool.Json([.. FromNothing(best), "--epochs", "4", "--batch", "8"]);
        string output = files.File("failed");
        ToolResult failed = ActingWriter.Run("epoch 4, step 18", () => throw new NotSupportedException("no more"), [.. FromNothing(output), .. options]);
        string message = $"quantgen: no more; {output}.training holds the training as it is after step 18; the model has the parameters of epoch ";
        Assert.Equal(1, failed.Code);
        Assert.StartsWith(message, failed.Error, StringComparison.Ordinal);
        Assert.EndsWith($", the best so far, and is written to {output}\n", failed.Error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(40, Tool.Json("evaluate", output, "--data", files.Data, "--max-length", "24").GetProperty("rows").GetInt32());
        Tool.Json([.. FromNothing(output), .. options, "--resume"]);
        Assert.Equal(Weights("best"), Weights("failed"));
    }

    [Fact]
    public void Head_that_the_checkpoint_lacks_starts_at_random()
    {
        string data = TinyCheckpoint.WriteData(files.File("scores.tsv"), isRegression: true);
        string output = files.File("regression");
        string text = Tool.Text("train", "--from", files.Checkpoint, "--data", data, "--eval-data", data, "-o", output, "--epochs", "1");
        Assert.Contains("starting at random: classifier.weight, classifier.bias", text);
        Assert.Contains("pearson", text);
        Assert.Equal("pearson", Tool.Json("evaluate", output, "--data", data, "--max-length", "24").GetProperty("metric").GetString());
    }

    [Fact]
    public void Checkpoint_goes_on_with_its_own_head()
    {
        string text = Tool.Text("train", "--from", files.Checkpoint, "--data", files.Data, "-o", files.File("on"), "--max-steps", "1");
        Assert.DoesNotContain("starting at random", text);
        Assert.StartsWith("memory: ", text, StringComparison.Ordinal);
        Assert.Contains("epoch 1 of 1, 1 steps", text);
    }

    [Theory]
    [InlineData("BertForSequenceClassification")]
    [InlineData("AlbertForSequenceClassification")]
    public void Written_tensors_have_the_names_of_Hugging_Face(string architecture)
    {
        string start = TinyCheckpoint.Write(files.File("start-" + architecture), architecture);
        string output = files.File("named-" + architecture);
        Tool.Json("train", "--from", start, "--data", files.Data, "-o", output, "--max-steps", "1");
        using Checkpoints.SafetensorsFile file = Checkpoints.SafetensorsFile.Open(Path.Combine(output, "model.safetensors"));
        Assert.Equal("pt", file.Metadata["format"]);
        string[] expected = architecture[0] == 'A'
            ? [
                "albert.encoder.albert_layer_groups.0.albert_layers.0.ffn_output.weight", "albert.pooler.weight",
                "albert.encoder.embedding_hidden_mapping_in.bias"]
            : ["bert.encoder.layer.1.output.dense.weight", "bert.pooler.dense.weight", "bert.embeddings.LayerNorm.bias"];
        Assert.All([.. expected, "classifier.bias"], name => Assert.True(file.TryGet(name, out _), name));
        Assert.Equal(40, Tool.Json("evaluate", output, "--data", files.Data).GetProperty("rows").GetInt32());
    }

    [Fact]
    public void Log_and_page_tell_the_story()
    {
        (string log, string page) = (files.File("log.jsonl"), files.File("page.html"));
        Tool.Json([.. FromNothing(files.File("told")), "--epochs", "2", "--log", log, "--report", page]);
        JsonElement[] lines = [.. File.ReadLines(log).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["start", "step", "step", "epoch", "step", "step", "epoch", "end"], lines.Select(line => line.GetProperty("event").GetString()));
        Assert.All(lines.Where(line => line.GetProperty("event").GetString() == "step"), line => Assert.InRange(line.GetProperty("loss").GetDouble(), 0.1, 5));
        string text = File.ReadAllText(page);
        Assert.Equal(3, text.Split("<svg").Length - 1);
        Assert.DoesNotContain("http", text);
        Assert.Contains("accuracy", text);
    }

    [Fact]
    public void Folder_has_a_training_and_a_dev_file()
    {
        string folder = files.File("folder");
        Directory.CreateDirectory(folder);
        string[] command = ["train", "--from", files.Checkpoint, "--data", folder, "-o", files.File("of-folder"), "--max-steps", "1"];
        Tool.Run(command).AssertFails(2, "has no train.tsv, .csv, .jsonl, .json, .conll or .txt");
        File.Copy(files.Data, Path.Combine(folder, "train.tsv"));
        Tool.Run(command).AssertFails(2, "has no dev.tsv; give --eval-data");
        File.Copy(files.Data, Path.Combine(folder, "dev.tsv"));
        Assert.Equal("accuracy", Tool.Json(command).GetProperty("metric").GetString());
    }

    [Fact]
    public void Names_file_and_line_of_bad_data()
    {
        string data = files.File("bad.tsv");
        File.WriteAllText(data, "sentence\tlabel\nfun\t1\ndull\t7\n");
        Tool.Run("train", "--from", files.Checkpoint, "--data", files.Data, "--eval-data", data, "-o", files.File("x"))
            .AssertFails(1, "bad.tsv:3: expected a label from 0 to 1");
        File.WriteAllText(data, "sentence\nfun\n");
        Tool.Run("train", "--from", files.Checkpoint, "--data", data, "-o", files.File("x")).AssertFails(1, "bad.tsv:1: expected a column 'label', found none");
        Tool.Run("train", "--from", files.Checkpoint, "--data", files.File("none.tsv"), "-o", files.File("x")).AssertFails(1, "no such file");
    }

    [Theory]
    [InlineData("give --from, or both --config and --vocabulary")]
    [InlineData("give --from, or both --config and --vocabulary", "--config", "config.json")]
    [InlineData("--from brings dimensions and vocabulary with it", "--from", "x", "--config", "config.json")]
    [InlineData("--learning-rate takes a number from 0 to 1, and it is 'fast'", "--from", "x", "--learning-rate", "fast")]
    public void Misuse_is_explained(string message, params string[] options)
        => Tool.Run(["train", "--data", files.Data, "-o", files.File("y"), .. options]).AssertFails(2, message);

    [Fact]
    public void Vocabulary_with_pieces_that_have_no_row_is_refused()
    {
        string vocabulary = files.File("long.txt");
        File.WriteAllLines(vocabulary, [.. TinyCheckpoint.Vocabulary, "more"]);
        Tool.Run("train", "--config", Path.Combine(files.Checkpoint, "config.json"), "--vocabulary", vocabulary, "--data", files.Data, "-o", files.File("z"))
            .AssertFails(1, "long.txt: expected at most 19 pieces");
    }

    private string[] FromNothing(string output) =>
    [
        "train", "--config", Path.Combine(files.Checkpoint, "config.json"), "--vocabulary", Path.Combine(files.Checkpoint, "vocab.txt"),
        "--data", files.Data, "--eval-data", files.Data, "-o", output,
    ];

    private byte[] Weights(string name) => File.ReadAllBytes(Path.Combine(files.File(name), "model.safetensors"));
}
