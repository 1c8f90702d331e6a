using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

/// <summary>Gradients against differences of the loss, for models whose loss is a smooth function of all parameters; <see cref="SurrogateGradientTests"/> has the others.</summary>
public sealed class FiniteDifferenceTests
{
    private const float Step = 1e-2f;

    // Of the largest entry: differences of float losses have an error of their own.
    private const double Tolerance = 6e-3;

    [Theory]
    [InlineData("Bert32")]
    [InlineData("Albert32")]
    [InlineData("BertClusters")]
    [InlineData("AlbertBins")]
    [InlineData("BertMasked")]
    [InlineData("AlbertMaskedBins")]
    public void Gradients_are_what_small_steps_change(string name)
    {
        using ITrainableModel model = TrainableTestModel.Named(name).Create(seed: 11, new TrainableOptions { Threads = 1 });
        TrainingBatch batch = TrainingBatches.Of(3, 7, 1) with { HeadTokens = model.Spec.HasPooler ? null : [0, 3, 4, 9] };
        TrainingBatches.Calibrate(model, batch);
        Loss(model, batch);
        model.Backward();
        Dictionary<Parameter, float[]> all = model.Parameters.Where(p => p.IsTrained).ToDictionary(p => p, p => p.Gradients.ToArray());
        foreach ((Parameter parameter, float[] gradients) in all)
        {
            double largest = gradients.Max(Math.Abs);
            foreach (int i in Places(parameter, gradients))
            {
                // The gradient of a centroid is the mean over its members, and the loss changes by their sum.
                double members = parameter.Kind == ParameterKind.Centroids ? Members(model, parameter, i) : 1;
                double slope = Slope(model, batch, parameter, i) / members;
                Assert.True(
                    Math.Abs(slope - gradients[i]) <= (Tolerance * largest) + 2e-5, $"{parameter.Name}[{i}] has the gradient {gradients[i]}, and the loss changes by {slope}");
            }
        }
    }

    // The largest entry and a few others.
    private static IEnumerable<int> Places(Parameter parameter, float[] gradients) =>
        new[] { Array.FindIndex(gradients, g => Math.Abs(g) == gradients.Max(Math.Abs)), 0, gradients.Length / 3, parameter.Values.Length - 1 }.Distinct();

    private static double Members(ITrainableModel model, Parameter centroids, int index)
    {
        Parameter weight = model.Parameters.Single(p => p.Name + "_centroids" == centroids.Name);
        int bits = (int)Math.Log2(centroids.Values.Length);
        byte[] labels = model.Spec.EmbeddingScheme == Scheme.KMeans
            ? Quantization.ClusterQuantizer.KMeans(weight.Values, bits).Labels
            : Quantization.ClusterQuantizer.Linear(weight.Values, bits).Labels;
        return Math.Max(1, labels.Count(label => label == index));
    }

    // Richardson's extrapolation of two central differences: the error is of the fourth order.
    private static double Slope(ITrainableModel model, TrainingBatch batch, Parameter parameter, int i)
    {
        double near = Difference(model, batch, parameter, i, Step);
        double far = Difference(model, batch, parameter, i, 2 * Step);
        return ((4 * near) - far) / 3;
    }

    private static double Difference(ITrainableModel model, TrainingBatch batch, Parameter parameter, int i, float step)
    {
        float value = parameter.Values[i];
        parameter.Values[i] = value + step;
        double more = Loss(model, batch);
        float high = parameter.Values[i];
        parameter.Values[i] = value - step;
        double less = Loss(model, batch);
        double width = (double)high - parameter.Values[i];
        parameter.Values[i] = value;
        return (more - less) / width;
    }

    private static double Loss(ITrainableModel model, TrainingBatch batch)
    {
        model.Forward(batch, new ForwardOptions(ForwardPurpose.Evaluate));
        TraceLosses.Begin(model);
        return TraceLosses.Mixture(model);
    }
}
