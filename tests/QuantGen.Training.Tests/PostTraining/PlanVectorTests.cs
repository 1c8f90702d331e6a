using System.Text.Json;
using QuantGen.Tests;
using QuantGen.Training.PostTraining.Solving;
using QuantGen.Training.PostTraining.Steps;

namespace QuantGen.Training.Tests.PostTraining;

/// <summary>Plans of bits against numbers worked out in double precision.</summary>
[Trait("Category", "Shared")]
public sealed class PlanVectorTests
{
    private const double Tolerance = 1e-6;

    [Fact]
    public void Power_iteration_takes_the_same_way()
    {
        JsonElement data = Case("09_qbert", "power iteration tol 1e-3");
        double[][] h = [.. data.GetProperty("H").EnumerateArray().Select(Numbers)];
        var trace = new List<double>();
        (double value, _) = PowerIteration.Run(
            v =>
            {
                double[] product = [.. h.Select(row => row.Zip(v, (x, y) => x * y).Sum())];
                trace.Add(product.Zip(v, (x, y) => x * y).Sum());
                return product;
            },
            Doubles(data, "v0"), 1e-3, 100);
        AssertClose(Doubles(data, "rayleigh_trace"), [.. trace]);
        Assert.Equal(data.GetProperty("lambda").GetDouble(), value, Tolerance);
        Assert.Equal(data.GetProperty("true_lambda_max").GetDouble(), value, 1e-3);
    }

    [Fact]
    public void More_sensitive_layers_get_more_bits()
    {
        JsonElement data = Case("09_qbert", "Omega and 2/3 MP half split");
        double[] omega = [.. data.GetProperty("lambdas_per_layer").EnumerateArray().Select(layer => HessianStep.Sensitivity(Numbers(layer)))];
        AssertClose(Doubles(data, "Omega"), omega);

        // Layers of one size, whose rounding takes four times as much with one bit less, and bytes for 2.5 bits.
        int[] chosen = BitBudget.Choose([.. omega.Select(_ => new long[] { 2, 3 })], [.. omega.Select(value => new[] { 4 * value, value })], 10)!;
        Assert.Equal(data.GetProperty("bits").EnumerateArray().Select(bits => bits.GetInt32()), chosen.Select(choice => choice + 2));
    }

    [Fact]
    public void Splits_that_gain_most_are_bought()
    {
        JsonElement data = Case("05_binarybert", "adaptive splitting knapsack");
        double[] gain = Doubles(data, "gain");
        long[][] sizes = [.. Doubles(data, "cost").Select(cost => new[] { 0, (long)cost })];
        int[] chosen = BitBudget.Choose(sizes, [.. gain.Select(own => new[] { 0, -own })], data.GetProperty("budget").GetInt64())!;
        Assert.Equal(Doubles(data, "split").Select(split => (int)split), chosen);
        Assert.Equal(data.GetProperty("best_gain").GetDouble(), gain.Zip(chosen, (own, split) => own * split).Sum(), Tolerance);
    }

    [Fact]
    public void Children_are_credited_with_their_parents()
    {
        JsonElement data = Case("15_nas", "CP-NAS indicator eq 4.15 betaP=2");
        double beta = data.GetProperty("beta_P").GetDouble();
        double[] children = Doubles(data, "A_child");
        AssertClose(Doubles(data, "z"), [.. Doubles(data, "A_parent").Select((parent, i) => PlanSearch.Score(parent, children[i], beta))]);
    }

    [Fact]
    public void Shares_follow_their_weights_and_both_gradients()
    {
        JsonElement softmax = Case("15_nas", "architecture softmax");
        AssertClose(Doubles(softmax, "p"), MixtureSearch.Softmax(Doubles(softmax, "alpha")));
        JsonElement data = Case("15_nas", "tangent term with GGN");
        double[][] rows = [.. data.GetProperty("score_rows").EnumerateArray().Select(Numbers)];
        (double[] child, double[] parent) = (Doubles(data, "grad_child"), Doubles(data, "grad_parent"));
        AssertClose(Doubles(data, "update_direction"), MixtureSearch.Direction(child, parent, rows, data.GetProperty("lambda").GetDouble()));
        AssertClose(child, MixtureSearch.Direction(child, parent, rows, lambda: 0));
    }

    [Fact]
    public void States_are_aligned_but_for_a_slack()
    {
        JsonElement data = Case("14_dsg", "slack alignment one layer");
        double Loss(string what, double margin)
        {
            double[] reference = Doubles(data, what + "_ref");
            return Doubles(data, what + "_syn").Select((value, c) => Math.Pow(StateAlignment.Excess(value, reference[c], margin), 2)).Sum();
        }

        Assert.Equal(data.GetProperty("loss_mu").GetDouble(), Loss("mu", data.GetProperty("delta").GetDouble()), Tolerance);
        Assert.Equal(data.GetProperty("loss_sd").GetDouble(), Loss("sd", data.GetProperty("gamma").GetDouble()), Tolerance);
        Assert.Equal(data.GetProperty("loss_without_slack").GetDouble(), Loss("mu", 0) + Loss("sd", 0), Tolerance);
        JsonElement margin = Case("14_dsg", "margin = 0.9 quantile of Gaussian-input gaps");
        Assert.Equal(
            margin.GetProperty("margin").GetDouble(), StateAlignment.Margin([.. Doubles(margin, "gaps").Select(gap => (float)gap)]), Tolerance);
    }

    [Fact]
    public void Every_sample_has_a_place_that_counts_twice()
    {
        JsonElement data = Case("14_dsg", "layer-wise sample enhancement, 4 samples 3 layers");
        double[][] losses = [.. data.GetProperty("per_sample_layer_loss").EnumerateArray().Select(Numbers)];
        double[][] weights = [.. losses.Select((own, sample) => own.Select((_, place) => StateAlignment.SampleWeight(sample, place, own.Length)).ToArray())];
        Assert.Equal(data.GetProperty("weights").EnumerateArray().Select(Numbers), weights);
        Assert.Equal(
            data.GetProperty("total_mean_over_samples").GetDouble(), losses.Zip(weights, (own, w) => own.Zip(w, (x, y) => x * y).Sum()).Average(), Tolerance);
    }

    private static JsonElement Case(string file, string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Path($"vectors/{file}.json")));
        return document.RootElement.GetProperty("cases").EnumerateArray().Single(item => item.GetProperty("name").GetString() == name).Clone();
    }

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetDouble())];

    private static double[] Doubles(JsonElement data, string key) => Numbers(data.GetProperty(key));

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], Tolerance);
        }
    }
}
