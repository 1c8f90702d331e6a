using QuantGen.Graph;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Takes the factors out of normalizations, which amplify outliers, and gives them to weights and residuals (gamma migration).</summary>
/// <remarks>Wei et al., Outlier Suppression, NeurIPS 2022. The last normalization keeps its factors: the head reads it.</remarks>
internal sealed class GammaMigrationStep : IRecipeStep
{
    // A summand divided by less would leave the range of codes to itself.
    private const float Least = 1e-5f;

    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        IReadOnlyList<NormReaders> norms = NormReaders.Of(state.Target.Graph);
        for (int i = 0; i < norms.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            ScaleMigration.Apply(state.Weights, norms[i], Divisors(state.Weights.Read(norms[i].Norm.Name + ".weight")));
            progress?.Report((i + 1.0) / norms.Count);
        }

        state.KeepAsOriginal();
    }

    /// <summary>Gets what outputs are divided by: the factors, where they are not as good as 0.</summary>
    internal static float[] Divisors(float[] factors) => Array.ConvertAll(factors, factor => MathF.Abs(factor) < Least ? 1f : factor);
}
