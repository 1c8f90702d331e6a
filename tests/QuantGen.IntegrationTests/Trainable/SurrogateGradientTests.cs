using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

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
    [InlineData("BertStates")]
    [InlineData("BertMaskedLsq")]
    [InlineData("BertClusters")]
    [InlineData("AlbertBins")]
    [InlineData("AlbertMaskedBins")]
    [InlineData("Bert32")]
    public void Gradients_are_the_differences_of_a_network_whose_quantizers_are_straight_lines(string name)
    {
        using ITrainableModel model = TrainableTestModel.Named(name).Create(seed: 11, new TrainableOptions { Threads = 1 });
        TrainingBatch batch = TrainingBatches.Of(3, 7, 1) with { HeadTokens = model.Spec.HasPooler ? null : [0, 3, 4, 9] };
        TrainingBatches.Calibrate(model, batch);
        model.Forward(batch, new ForwardOptions(ForwardPurpose.Evaluate));
        TraceLosses.Begin(model);
        TraceLosses.Mixture(model);
        model.Backward();
        var surrogate = new SurrogateNetwork(model, batch);

        // Where the codes of both are the same, what follows from them is; one other code would be seen here.
        AssertSame(surrogate.Hidden, model.Trace.Hidden);
        AssertSame(surrogate.Scores, model.Trace.Scores);
        AssertSame([surrogate.Logits], [model.Trace.Logits]);
        int compared = 0;
        foreach (Parameter parameter in model.Parameters.Where(p => p.IsTrained))
        {
            double largest = parameter.Gradients.Max(Math.Abs);
            foreach (int i in Places(parameter))
            {
                double members = parameter.Kind == ParameterKind.Centroids ? Math.Max(1, surrogate.Members(parameter.Name, i)) : 1;
                double slope = Slope(surrogate, parameter.Name, i) / members;
                Assert.True(
                    Math.Abs(slope - parameter.Gradients[i]) <= (Tolerance * largest) + RoundingOfZero,
                    $"{parameter.Name}[{i}] has the gradient {parameter.Gradients[i]}, and the surrogate changes by {slope}; the largest is {largest}");
                compared++;
            }
        }

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

    // The largest entry and a few others.
    private static IEnumerable<int> Places(Parameter parameter)
    {
        float[] gradients = parameter.Gradients;
        float largest = gradients.Max(Math.Abs);
        return new[] { Array.FindIndex(gradients, g => Math.Abs(g) == largest), 0, gradients.Length / 3, gradients.Length - 1 }.Distinct();
    }

    private static void AssertSame(double[][] expected, float[][] actual)
    {
        for (int l = 0; l < expected.Length; l++)
        {
            Assert.All(expected[l].Zip(actual[l]), pair => Assert.InRange(pair.First - pair.Second, -2e-5, 2e-5));
        }
    }
}
