using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary>Documents in the order of their scores.</summary>
public sealed class RankTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scores_are_those_of_the_pairs()
    {
        string model = TinyCheckpoint.Write(At("reranker"), "BertForSequenceClassification", "score");
        string documents = Documents();
        JsonElement[] rows = [.. Tool.Json("rank", model, "good film", "--documents", documents, "--top", "3").EnumerateArray()];
        Assert.Equal(3, rows.Length);
        double[] scores = [.. rows.Select(row => row.GetProperty("score").GetDouble())];
        Assert.Equal(scores.OrderDescending(), scores);
        JsonElement best = Tool.Json("run", model, "--text", "good film", "--pair", rows[0].GetProperty("document").GetString()!)[0];
        Assert.Equal(best.GetProperty("value").GetSingle(), rows[0].GetProperty("score").GetSingle());

        string text = Tool.Text("rank", model, "good film", "--documents", documents, "--activation", "sigmoid");
        Assert.Equal(5, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        double first = double.Parse(text[..6], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(1 / (1 + Math.Exp(-scores[0])), first, 1e-4);
    }

    [Theory]
    [InlineData("\"sbert_ce_default_activation_function\": \"torch.nn.modules.activation.Sigmoid\"", true)]
    [InlineData("\"sentence_transformers\": { \"activation_fn\": \"torch.nn.modules.activation.Sigmoid\" }", true)]
    [InlineData("\"problem_type\": \"multi_label_classification\"", true)]
    [InlineData("\"problem_type\": \"regression\"", false)]
    [InlineData("\"sentence_transformers\": { \"activation_fn\": \"torch.nn.modules.linear.Identity\" }", false)]
    public void The_folder_says_what_scores_go_through(string member, bool isSigmoid)
    {
        string model = TinyCheckpoint.Write(At("reranker"), "BertForSequenceClassification", "score");
        float raw = Value(model);
        string config = Path.Combine(model, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"hidden_act\"", $"{member}, \"hidden_act\""));
        double expected = isSigmoid ? 1 / (1 + Math.Exp(-raw)) : raw;
        Assert.Equal(expected, Value(model), 1e-6);
        Assert.Equal(raw, Value(model, "--activation", "none"));

        // The packed file keeps it.
        string packed = At("model.qg.safetensors");
        Tool.Json("quantize", model, "-o", packed, "--bits", "32");
        Assert.Equal(expected, Value(packed), 1e-6);
    }

    [Fact]
    public void A_sentence_encoder_ranks_by_cosine()
    {
        string model = SentenceEncoderFolder.Write(At("encoder"));
        JsonElement[] rows = [.. Tool.Json("rank", model, "good film", "--documents", Documents()).EnumerateArray()];
        Assert.Equal("good film", rows[0].GetProperty("document").GetString());
        Assert.Equal(1, rows[0].GetProperty("score").GetDouble(), 1e-6);
        Assert.Equal(5, rows.Length);
    }

    [Fact]
    public void Queries_with_documents_are_measured_as_rankings()
    {
        File.WriteAllText(At("queries.tsv"), "query\tdocument\tlabel\ngood film\tgood film\t1\ngood film\tdull\t0\nplot\tthe plot is bad\t0\nplot\tplot\t2\n");
        JsonElement score = Tool.Json("evaluate", SentenceEncoderFolder.Write(At("encoder")), "--data", At("queries.tsv"));
        Assert.Equal(("ndcg@10", 1.0), (score.GetProperty("metric").GetString(), score.GetProperty("value").GetDouble()));
        Assert.Equal(1, score.GetProperty("all").GetProperty("mrr@10").GetDouble());
    }

    [Fact]
    public void A_classifier_does_not_rank() => Tool.Run("rank", TinyCheckpoint.Write(At("classes")), "fun", "--documents", Documents())
        .AssertFails(2, "rank needs a model with one real output, or a sentence encoder, and this model has the head sequence_classification");

    private static float Value(string model, params string[] more) =>
        Tool.Json(["run", model, "--text", "good", "--pair", "fun film", .. more])[0].GetProperty("value").GetSingle();

    private string Documents()
    {
        File.WriteAllText(At("documents.txt"), "a dull plot\ngood film\nthe film is not bad\nvery fun\nbad .\n");
        return At("documents.txt");
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
