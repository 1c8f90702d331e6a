using System.Text.Json;
using QuantGen.Tests;
using QuantGen.Training.Batching;
using QuantGen.Training.Boosting;

namespace QuantGen.Training.Tests.Boosting;

public sealed class AdaBoostTests
{
    private const double Tolerance = 1e-6;

    [Fact]
    public void What_is_wrong_matters_more_to_the_next_member()
    {
        bool[] wrong = [false, true, false, false];
        double[] two = AdaBoost.Reweigh(AdaBoost.Even(4), wrong, AdaBoost.Vote(0.25, 2), 2);
        Assert.Equal(0.5, two[1], Tolerance);
        Assert.Equal(1, two.Sum(), Tolerance);

        // What a member gets wrong has half of the weight, whatever the classes.
        double[] five = AdaBoost.Reweigh(AdaBoost.Even(4), wrong, AdaBoost.Vote(0.25, 5), 5);
        Assert.Equal(AdaBoost.Chance(5), AdaBoost.Error(five, wrong), Tolerance);
    }

    [Theory]
    [InlineData(0.5, 2)]
    [InlineData(0.8, 5)]
    public void A_guess_weighs_nothing(double error, int classes)
    {
        Assert.Equal(error, AdaBoost.Chance(classes), Tolerance);
        Assert.Equal(0, AdaBoost.Vote(error, classes), Tolerance);
        Assert.True(double.IsFinite(AdaBoost.Vote(0, classes)));
    }

    [Fact]
    public void Examples_are_drawn_as_often_as_they_weigh()
    {
        var source = new BatchSource([.. Enumerable.Range(0, 1000).Select(i => new Example([1, i], [0, 0]) { Label = i % 2 })], 32, seed: 3);
        var drawn = new DrawnBatchSource(source);
        int[] first = [.. drawn.Plan(0).SelectMany(rows => rows)];
        Assert.Equal(1000, first.Length);
        Assert.Equal(source.BatchCount, drawn.Plan(0).Count);
        Assert.InRange(first.Distinct().Count(), 600, 670);
        Assert.Equal(first, drawn.Plan(0).SelectMany(rows => rows));
        Assert.NotEqual(first, drawn.Plan(1).SelectMany(rows => rows));

        drawn.Draw([.. Enumerable.Range(0, 1000).Select(i => i < 500 ? 0.0015 : 0.0005)], 1);
        Assert.InRange(drawn.Plan(0).SelectMany(rows => rows).Count(row => row < 500), 700, 800);
        drawn.Draw([.. Enumerable.Range(0, 1000).Select(i => i == 7 ? 1.0 : 0.0)], 2);
        Assert.All(drawn.Plan(4).SelectMany(rows => rows), row => Assert.Equal(7, row));
    }

    [Fact]
    [Trait("Category", "Shared")]
    public void Two_rounds_are_those_of_the_vector()
    {
        JsonElement data = Case("AdaBoost two rounds");
        double[] weights = Numbers(data, "D1");
        Assert.Equal(weights, AdaBoost.Even(8));
        bool[] wrong = Wrong(data, "miss1");
        double error = AdaBoost.Error(weights, wrong);
        double vote = AdaBoost.Vote(error, 2);
        Assert.Equal(data.GetProperty("e1").GetDouble(), error, Tolerance);
        Assert.Equal(data.GetProperty("alpha1").GetDouble(), vote, Tolerance);
        double[] next = AdaBoost.Reweigh(weights, wrong, vote, 2);
        Assert.All(Numbers(data, "D2").Zip(next), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
        error = AdaBoost.Error(next, Wrong(data, "miss2"));
        Assert.Equal(data.GetProperty("e2").GetDouble(), error, Tolerance);
        Assert.Equal(data.GetProperty("alpha2").GetDouble(), AdaBoost.Vote(error, 2), Tolerance);

        JsonElement many = Case("SAMME alpha for 3 classes (QuantGen option)");
        Assert.Equal(
            many.GetProperty("alpha").GetDouble(), AdaBoost.Vote(many.GetProperty("e").GetDouble(), many.GetProperty("K").GetInt32()), Tolerance);
    }

    [Fact]
    [Trait("Category", "Shared")]
    public void Numbers_are_weighed_as_in_the_vector()
    {
        JsonElement data = Case("AdaBoost.R2 square loss (STS-B)");
        double[] weights = Numbers(data, "w");
        float[] losses = AdaBoostR2.Losses([.. Numbers(data, "pred").Select(value => (float)value)], Numbers(data, "label"));
        Assert.All(Numbers(data, "loss").Zip(losses), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
        double error = AdaBoostR2.Error(weights, losses);
        double vote = AdaBoostR2.Vote(error);
        Assert.Equal(data.GetProperty("err").GetDouble(), error, Tolerance);
        Assert.Equal(data.GetProperty("model_weight_ln_1_over_beta").GetDouble(), vote, Tolerance);
        Assert.Equal(data.GetProperty("beta").GetDouble(), Math.Exp(-vote), Tolerance);
        Assert.All(Numbers(data, "w_new").Zip(AdaBoostR2.Reweigh(weights, losses, vote)), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    [Fact]
    public void Numbers_without_errors_leave_nothing_to_learn()
    {
        float[] losses = AdaBoostR2.Losses([1, 2], [1, 2]);
        Assert.Equal([0f, 0f], losses);
        Assert.Equal(0, AdaBoostR2.Error(AdaBoost.Even(2), losses));
        Assert.True(double.IsFinite(AdaBoostR2.Vote(0)));
        Assert.Equal(0, AdaBoostR2.Vote(AdaBoostR2.Chance), Tolerance);
    }

    private static JsonElement Case(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Path("vectors/07_bebert.json")));
        return document.RootElement.GetProperty("cases").EnumerateArray().Single(item => item.GetProperty("name").GetString() == name).Clone();
    }

    private static double[] Numbers(JsonElement data, string key) => [.. data.GetProperty(key).EnumerateArray().Select(value => value.GetDouble())];

    private static bool[] Wrong(JsonElement data, string key) => [.. Numbers(data, key).Select(value => value != 0)];
}
