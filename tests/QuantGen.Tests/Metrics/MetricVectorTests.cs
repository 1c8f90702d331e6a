using System.Text.Json;
using QuantGen.Tasks;

namespace QuantGen.Tests.Metrics;

[Trait("Category", "Shared")]
public sealed class MetricVectorTests
{
    [Fact]
    public void Metrics_agree_with_the_worked_numbers()
    {
        JsonElement cases = JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(SharedFiles.Path("vectors/16_metrics.json"))).GetProperty("cases");
        foreach (JsonElement item in cases.EnumerateArray().Take(2))
        {
            int[] predictions = [.. item.GetProperty("preds").EnumerateArray().Select(v => v.GetInt32())];
            int[] labels = [.. item.GetProperty("labels").EnumerateArray().Select(v => v.GetInt32())];
            Assert.Equal(item.GetProperty("accuracy").GetDouble(), ClassificationMetrics.Accuracy(predictions, labels), 1e-9);
            Assert.Equal(item.GetProperty("f1").GetDouble(), ClassificationMetrics.F1(predictions, labels), 1e-9);
            Assert.Equal(item.GetProperty("mcc").GetDouble(), ClassificationMetrics.Matthews(predictions, labels), 1e-9);
        }

        double[] a = Doubles(cases[2], "a");
        double[] b = Doubles(cases[2], "b");
        Assert.Equal(Doubles(cases[2], "rank_a"), CorrelationMetrics.AverageRanks(a));
        Assert.Equal(Doubles(cases[2], "rank_b"), CorrelationMetrics.AverageRanks(b));
        Assert.Equal(cases[2].GetProperty("pearson").GetDouble(), CorrelationMetrics.Pearson(a, b), 1e-9);
        Assert.Equal(cases[2].GetProperty("spearman").GetDouble(), CorrelationMetrics.Spearman(a, b), 1e-9);

        foreach (JsonElement row in cases[3].GetProperty("rows").EnumerateArray())
        {
            string prediction = row.GetProperty("prediction").GetString()!;
            string[] golds = [.. row.GetProperty("golds").EnumerateArray().Select(v => v.GetString()!)];
            Assert.Equal(row.GetProperty("normalized").GetString(), SquadMetrics.Normalize(prediction));
            Assert.Equal(row.GetProperty("em").GetDouble(), SquadMetrics.ExactMatch(prediction, golds, SquadVersion.V2));
            Assert.Equal(row.GetProperty("f1").GetDouble(), SquadMetrics.F1(prediction, golds, SquadVersion.V2), 1e-9);
        }

        JsonElement best = cases[4];
        (double score, double threshold) = SquadMetrics.BestThreshold(
            Doubles(best, "raw_scores"),
            Doubles(best, "na_prob"),
            [.. best.GetProperty("has_answer").EnumerateArray().Select(v => v.GetBoolean())],
            [.. best.GetProperty("preds").EnumerateArray().Select(v => v.GetString()!)]);
        Assert.Equal(best.GetProperty("best").GetDouble(), score, 1e-9);
        Assert.Equal(best.GetProperty("threshold").GetDouble(), threshold, 1e-9);
    }

    private static double[] Doubles(JsonElement item, string key) => [.. item.GetProperty(key).EnumerateArray().Select(v => v.GetDouble())];
}
