using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary>Checkpoints whose word embedding has more rows than the tokenizer has tokens.</summary>
public sealed class PaddedRowsTests : IDisposable
{
    private const int Rows = 32;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_command_takes_them()
    {
        string checkpoint = TinyCheckpoint.Write(File("padded"), Rows, "BertForSequenceClassification");
        string data = TinyCheckpoint.WriteData(File("data.tsv"));
        string packed = File("padded.qg.safetensors");
        string trained = File("trained");
        string student = File("student.qg.safetensors");
        Tool.Json("quantize", checkpoint, "-o", packed, "--bits", "8");
        Tool.Json("train", "--from", checkpoint, "--data", data, "-o", trained, "--max-steps", "1");
        Tool.Json("distill", "--teacher", checkpoint, "--data", data, "-o", student, "--bits", "2", "--max-steps", "1");
        foreach (string model in (string[])[checkpoint, packed, trained, student])
        {
            Assert.Equal(2, Tool.Json("run", model, "--text", "the film is fun")[0].GetProperty("logits").GetArrayLength());
            Assert.Equal(40, Tool.Json("evaluate", model, "--data", data).GetProperty("rows").GetInt32());
            Assert.Equal(Rows, Tool.Json("inspect", model).GetProperty("vocabulary_size").GetInt32());
        }
    }

    [Fact]
    public void A_model_that_starts_at_random_may_have_them()
    {
        string checkpoint = TinyCheckpoint.Write(File("padded"), Rows, "BertForSequenceClassification");
        string data = TinyCheckpoint.WriteData(File("data.tsv"));
        Tool.Json(
            "train", "--config", Path.Combine(checkpoint, "config.json"), "--vocabulary", Path.Combine(checkpoint, "vocab.txt"), "--data", data,
            "-o", File("new"), "--max-steps", "1");
        Tool.Json("run", File("new"), "--text", "fun");
    }

    [Fact]
    public void Masks_are_filled_with_pieces_only()
    {
        string checkpoint = TinyCheckpoint.Write(File("padded"), Rows, "BertForMaskedLM");
        JsonElement words = Tool.Json("run", checkpoint, "--text", "a [MASK]")[0].GetProperty("masks")[0];
        Assert.All(words.EnumerateArray(), word => Assert.Contains(word.GetProperty("piece").GetString(), TinyCheckpoint.Vocabulary));
    }

    [Theory]
    [InlineData("run {0} --text a")]
    [InlineData("train --from {0} --data {1} -o {2}")]
    [InlineData("distill --teacher {0} --data {1} -o {2} --bits 2")]
    [InlineData("quantize {0} -o {2} --bits 8")]
    public void Tokens_without_a_row_are_an_error(string command)
    {
        string checkpoint = TinyCheckpoint.Write(File("short"), TinyCheckpoint.Vocabulary.Length - 2, "BertForSequenceClassification");
        string data = TinyCheckpoint.WriteData(File("data.tsv"));
        Tool.Run([.. command.Split(' ').Select(word => word.Replace("{0}", checkpoint).Replace("{1}", data).Replace("{2}", File("none")))])
            .AssertFails(1, "expected at most 17 pieces, the vocab_size of config.json, found 19");
    }

    private string File(string name) => Path.Combine(_folder.Path, name);
}
