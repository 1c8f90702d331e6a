using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

/// <summary>
/// Gradients against differences of the loss, for models whose loss is a smooth function of all parameters;
/// <see cref="SurrogateGradientTests"/> has the others.
/// </summary>
public sealed class FiniteDifferenceTests
{
    private const float Step = 1e-2f;

    // Of the largest entry: differences of float losses have an error of their own.
    private const double Tolerance = 6e-3;
    private const double RoundingOfZero = 2e-5;

    [Theory]
    [InlineData("Bert32")]
    [InlineData("Albert32")]
    [InlineData("BertClusters")]
    [InlineData("AlbertBins")]
    [InlineData("BertMasked")]
    [InlineData("AlbertMaskedBins")]
    [InlineData("BertSilu")]
    [InlineData("BertQuickGelu")]
    public void Gradients_are_what_small_steps_change(string name)
    {
        using var test = new GradientCase(name);
        test.AssertSlopes((parameter, i) => Slope(test, parameter, i), (parameter, i) => Members(name, test.Model, parameter, i), Tolerance, RoundingOfZero);
    }

    private static double Members(string name, ITrainableModel model, Parameter centroids, int index)
    {
        Parameter weight = model.Parameters.Single(p => p.Name + "_centroids" == centroids.Name);
        int bits = (int)Math.Log2(centroids.Values.Length);
        byte[] labels = TrainableTestModel.Named(name).Options() is { } options && (options.EmbeddingScheme ?? options.Scheme) == Scheme.KMeans
            ? Quantization.ClusterQuantizer.KMeans(weight.Values, bits).Labels
            : Quantization.ClusterQuantizer.Linear(weight.Values, bits).Labels;
        return labels.Count(label => label == index);
    }

    // Richardson's extrapolation of two central differences: the error is of the fourth order.
    private static double Slope(GradientCase test, Parameter parameter, int i)
    {
        double near = Difference(test, parameter, i, Step);
        double far = Difference(test, parameter, i, 2 * Step);
        return ((4 * near) - far) / 3;
    }

    private static double Difference(GradientCase test, Parameter parameter, int i, float step)
    {
        float value = parameter.Values[i];
        parameter.Values[i] = value + step;
        double more = test.Loss();
        float high = parameter.Values[i];
        parameter.Values[i] = value - step;
        double less = test.Loss();
        double width = (double)high - parameter.Values[i];
        parameter.Values[i] = value;
        return (more - less) / width;
    }
}
