using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary>Sentence encoders learn from pairs of texts.</summary>
public sealed class SentenceObjectiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Cosines_become_scores()
    {
        string from = SentenceEncoderFolder.Write(At("encoder"), hasDense: true);
        string pairs = SentenceEncoderFolder.WritePairs(At("pairs.tsv"));
        double before = Value(from, pairs);
        JsonElement result = Tool.Json(
            "train", "--from", from, "--data", pairs, "--eval-data", pairs, "--objective", "cosine", "-o", At("out"), "--epochs", "10",
            "--learning-rate", "1e-3");
        Assert.Equal("spearman", result.GetProperty("metric").GetString());
        Assert.True(result.GetProperty("value").GetDouble() > before + 0.05);

        // The folder has what the encoder's folder had, and the same length.
        Assert.Equal(result.GetProperty("value").GetDouble(), Value(At("out"), pairs), 1e-4);
        Assert.Equal(5, Tool.Json("run", At("out"), "--text", "fun")[0].GetProperty("vector").GetArrayLength());
        Assert.Contains("\"query\": \"the film \"", File.ReadAllText(Path.Combine(At("out"), "config_sentence_transformers.json")));
    }

    [Fact]
    public void What_belongs_together_comes_near()
    {
        string from = SentenceEncoderFolder.Write(At("encoder"));
        File.WriteAllText(
            At("triplets.tsv"),
            "anchor\tpositive\tnegative\n" + string.Concat(Enumerable.Repeat("good film\tfun plot\tbad film\nbad film\tdull plot\tgood film\n", 8)));
        Tool.Json(
            "train", "--from", from, "--data", At("triplets.tsv"), "--objective", "ranking", "--epochs", "10", "--batch", "4", "--learning-rate", "1e-3", "-o",
            At("out"), "--pooling", "cls");
        File.WriteAllText(At("documents.txt"), "dull plot\nfun plot\n");
        Assert.Equal("fun plot", Best("good film"));
        Assert.Equal("dull plot", Best("bad film"));
        Assert.Contains("\"pooling_mode_cls_token\": true", File.ReadAllText(Path.Combine(At("out"), "1_Pooling", "config.json")));

        string Best(string query) => Tool.Json("rank", At("out"), query, "--documents", At("documents.txt"))[0].GetProperty("document").GetString()!;
    }

    [Fact]
    public void Misuse_is_told()
    {
        string classes = TinyCheckpoint.Write(At("classes"));
        string pairs = SentenceEncoderFolder.WritePairs(At("pairs.tsv"));
        Tool.Run("train", "--from", classes, "--data", pairs, "-o", At("out"), "--objective", "cosine").AssertFails(2, "--objective needs a sentence encoder");
        string encoder = SentenceEncoderFolder.Write(At("encoder"));
        Tool.Run("train", "--from", encoder, "--data", pairs, "-o", At("out"), "--pooling", "cls")
            .AssertFails(2, "how vectors are made is learnt with --objective");
        File.WriteAllText(At("one.tsv"), "sentence\tlabel\nfun\t1\n");
        Tool.Run("train", "--from", encoder, "--data", At("one.tsv"), "-o", At("out"), "--objective", "ranking")
            .AssertFails(1, "one.tsv:1: expected columns 'anchor'");
    }

    [Fact]
    public void Pairs_with_scores_make_a_cross_encoder_without_an_objective()
    {
        string from = SentenceEncoderFolder.Write(At("encoder"));
        string pairs = SentenceEncoderFolder.WritePairs(At("pairs.tsv"));
        Tool.Json("train", "--from", from, "--data", pairs, "-o", At("out"), "--max-steps", "4");
        Assert.Equal("regression", Tool.Json("inspect", At("out")).GetProperty("head").GetString());
        Assert.Equal("pearson", Tool.Json("evaluate", At("out"), "--data", pairs, "--max-length", "24").GetProperty("metric").GetString());
    }

    private static double Value(string model, string pairs) => Tool.Json("evaluate", model, "--data", pairs).GetProperty("value").GetDouble();

    private string At(string name) => Path.Combine(_folder.Path, name);
}
