using QuantGen.TestModels.Trainable;
namespace QuantGen.IntegrationTests.Trainable;

/// <summary>Gradients of quantized models against differences of the function that straight-through estimators take them for, in double precision.</summary>
public sealed class SurrogateGradientTests
{
    private const double Step = 1e-5;

    // Of the largest entry of a tensor: float32 against double.
    private const double Tolerance = 1e-4;

    // What float32 leaves of gradients that are zero, as those of keys' biases are, and of sums that nearly cancel.
    private const double RoundingOfZero = 2e-6;

    [Theory]
    [InlineData("BertTernary")]
    [InlineData("AlbertTernary")]
    [InlineData("BertMax")]
    [InlineData("AlbertMax")]
    [InlineData("BertLsq")]
    [InlineData("AlbertLsq")]
    [InlineData("BertBits")]
    [InlineData("BertBoolean")]
    [InlineData("BertStates")]
    [InlineData("BertMaskedLsq")]
    [InlineData("BertClusters")]
    [InlineData("AlbertBins")]
    [InlineData("AlbertMaskedBins")]
    [InlineData("Bert32")]
    [InlineData("BertRelu")]
    [InlineData("BertReluLsq")]
    [InlineData("BertSilu")]
    [InlineData("BertQuickGelu")]
    [InlineData("DistilBert32")]
    [InlineData("BertPositions")]
    [InlineData("DistilBertPositions")]
    [InlineData("ElectraMax")]
    public void Gradients_are_the_differences_of_a_network_whose_quantizers_are_straight_lines(string name)
    {
        using var test = new GradientCase(name);
        var surrogate = new SurrogateNetwork(test.Model, TrainableTestModel.Named(name).Options(), test.Batch);

        // Where the codes of both are the same, what follows from them is; one other code would be seen here.
        AssertSame(surrogate.Hidden, test.Model.Trace.Hidden);
        AssertSame(surrogate.Scores, test.Model.Trace.Scores);
        AssertSame([surrogate.Logits], [test.Model.Trace.Logits]);
        int compared = test.AssertSlopes(
            (parameter, i) => Slope(surrogate, parameter.Name, i), (parameter, i) => surrogate.Members(parameter.Name, i), Tolerance, RoundingOfZero);
        Assert.True(compared > 60);
    }

    private static double Slope(SurrogateNetwork surrogate, string parameter, int i)
    {
        double[] values = surrogate.Parameters[parameter];
        double value = values[i];
        values[i] = value + Step;
        double more = surrogate.Loss();
        values[i] = value - Step;
        double less = surrogate.Loss();
        values[i] = value;
        return (more - less) / (2 * Step);
    }

    private static void AssertSame(double[][] expected, float[][] actual)
    {
        for (int l = 0; l < expected.Length; l++)
        {
            Assert.All(expected[l].Zip(actual[l]), pair => Assert.InRange(pair.First - pair.Second, -2e-5, 2e-5));
        }
    }
}
