using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Adds to every bias what rounding took from the mean output: <c>(W - W_hat) mean(x)</c>, over the full-precision model's inputs.</summary>
internal sealed class BiasCorrectionStep : IRecipeStep
{
    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        WeightJob[] jobs = state.UniformMatrices();
        using var pass = new TrainingPass(new TrainableOptions { Threads = state.Threads });
        Dictionary<string, InputMoments> moments = SiteMoments.Collect(state, state.Weights, jobs, pass, cancellation);
        for (int i = 0; i < jobs.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            string name = jobs[i].Matrix.Name;
            float[] bias = state.Weights.Read(name + ".bias");
            double[] means = moments[state.Target.Graph.SiteOf(name)].Means();
            Correct(bias, state.Weights.Read(name + ".weight"), state.Rounded(jobs[i], cancellation), means);

            // Codes are those of the weights as they were: a bias changes none.
            state.Weights.Replace(name + ".bias", bias);
            progress?.Report((i + 1.0) / jobs.Length);
        }
    }

    /// <summary>Corrects one bias.</summary>
    internal static void Correct(float[] bias, ReadOnlySpan<float> weights, ReadOnlySpan<float> rounded, double[] means)
    {
        for (int row = 0; row < bias.Length; row++)
        {
            double sum = 0;
            for (int i = 0; i < means.Length; i++)
            {
                int at = (row * means.Length) + i;
                sum += ((double)weights[at] - rounded[at]) * means[i];
            }

            bias[row] += (float)sum;
        }
    }
}
