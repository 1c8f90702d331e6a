using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

/// <summary>A small model with random parameters and a batch, whose gradients are compared in a few places.</summary>
internal sealed class GradientCase : IDisposable
{
    public GradientCase(string name)
    {
        Model = TrainableTestModel.Named(name).Create(seed: 11, new TrainableOptions { Threads = 1 });
        Batch = TrainingBatches.Of(3, 7, 1) with { HeadTokens = Model.Spec.IsPooled ? null : [0, 3, 4, 9] };
        TrainingBatches.Calibrate(Model, Batch);
        Loss();
        Model.Backward();
        Gradients = Model.Parameters.Where(p => p.IsTrained).ToDictionary(p => p, p => p.Gradients.ToArray());
    }

    public ITrainableModel Model { get; }

    public TrainingBatch Batch { get; }

    /// <summary>Gets the gradients of <see cref="Loss"/> where the parameters were at first.</summary>
    public IReadOnlyDictionary<Parameter, float[]> Gradients { get; }

    /// <summary>Computes a loss that misses no path.</summary>
    public double Loss()
    {
        Model.Forward(Batch, new ForwardOptions(ForwardPurpose.Evaluate));
        TraceLosses.Begin(Model);
        return TraceLosses.Mixture(Model);
    }

    /// <summary>Requires the slopes of the loss to be the gradients, at the largest entry of each parameter and a few others.</summary>
    /// <param name="slope">Finds the slope of the loss along an entry.</param>
    /// <param name="members">Counts what a centroid stands for.</param>
    /// <param name="tolerance">Of the largest entry of the parameter.</param>
    /// <param name="floor">What rounding leaves of zeros.</param>
    /// <returns>How many entries were compared.</returns>
    public int AssertSlopes(Func<Parameter, int, double> slope, Func<Parameter, int, double> members, double tolerance, double floor)
    {
        int compared = 0;
        foreach ((Parameter parameter, float[] gradients) in Gradients)
        {
            float largest = gradients.Max(Math.Abs);
            foreach (int i in new[] { Array.FindIndex(gradients, g => Math.Abs(g) == largest), 0, gradients.Length / 3, gradients.Length - 1 }.Distinct())
            {
                // The gradient of a centroid is the mean over its members, and the loss changes by their sum.
                double expected = slope(parameter, i) / (parameter.Kind == ParameterKind.Centroids ? Math.Max(1, members(parameter, i)) : 1);
                Assert.True(
                    Math.Abs(expected - gradients[i]) <= (tolerance * largest) + floor,
                    $"{parameter.Name}[{i}] has the gradient {gradients[i]}, and the loss changes by {expected}; the largest is {largest}");
                compared++;
            }
        }

        return compared;
    }

    public void Dispose() => Model.Dispose();
}
