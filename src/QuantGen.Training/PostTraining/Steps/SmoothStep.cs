using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.Graph;
using QuantGen.Specs;
using QuantGen.Training.Evaluation;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Shares the spread of each column between what linear layers read and their weights (SmoothQuant).</summary>
/// <remarks>Xiao et al., ICML 2023: <c>s = max|x|^alpha / max|w|^(1 - alpha)</c>; values are divided by it, columns of weights multiplied.</remarks>
/// <param name="alpha">How much of the spread the weights take over.</param>
internal sealed class SmoothStep(double alpha) : IRecipeStep
{
    /// <summary>What the step may be told.</summary>
    public static StepOption[] Options { get; } = [new("alpha", 0.5, 0, 1)];

    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        NormReaders[] norms = [.. NormReaders.Of(state.Target.Graph).Where(norm => norm.Linears.Any(linear => linear.IsQuantizable))];
        InferenceSession session = state.Original(cancellation);
        ActivationSite[] sites = [.. session.Spec.ActivationSites()];
        float[][] largest = [.. sites.Select(site => new float[site.Columns])];
        IReadOnlyList<RowBatch> batches = state.Batches(cancellation);
        for (int i = 0; i < batches.Count; i++)
        {
            RowBatch batch = batches[i];
            session.Calibrate(
                CollectionsMarshal.AsSpan(batch.Ids), CollectionsMarshal.AsSpan(batch.Types), CollectionsMarshal.AsSpan(batch.Lengths),
                new Observer(largest), cancellation);
            progress?.Report((i + 1.0) / batches.Count);
        }

        foreach (NormReaders norm in norms)
        {
            string site = norm.Linears.First(linear => linear.IsQuantizable).Site;
            float[] ofWeights = new float[norm.Norm.Columns];
            foreach (LinearNode linear in norm.Linears)
            {
                TakeLargest(state.Weights.Read(linear.Name + ".weight"), ofWeights);
            }

            ScaleMigration.Apply(state.Weights, norm, Divisors(largest[Array.FindIndex(sites, s => s.Name == site)], ofWeights, alpha));
        }

        state.KeepAsOriginal();
    }

    /// <summary>Gets what values are divided by; 1 where a column is 0 on either side.</summary>
    internal static float[] Divisors(float[] ofValues, float[] ofWeights, double alpha) =>
    [
        .. ofValues.Zip(ofWeights, (x, w) => x == 0 || w == 0 ? 1f : (float)(Math.Pow(x, alpha) / Math.Pow(w, 1 - alpha))),
    ];

    // The largest magnitude of each column, row after row.
    private static void TakeLargest(ReadOnlySpan<float> rows, Span<float> largest)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            ref float column = ref largest[i % largest.Length];
            column = MathF.Max(column, MathF.Abs(rows[i]));
        }
    }

    private sealed class Observer(float[][] largest) : IActivationObserver
    {
        public void Observe(int site, int use, ReadOnlySpan<float> values)
        {
            // Operands of attention follow the inputs of linear layers.
            if (site < largest.Length)
            {
                TakeLargest(values, largest[site]);
            }
        }
    }
}
