using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Finds codes layer by layer, so that each matrix's outputs stay close on what the layers before it, already rounded, hand on (GPTQ).</summary>
/// <param name="damping">What is added to the diagonal of the moments, as a share of its mean.</param>
internal sealed class GptqStep(double damping) : IRecipeStep
{
    /// <summary>What the step may be told.</summary>
    public static StepOption[] Options { get; } = [new("damping", 0.01, 1e-6, 1)];

    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        WorkingWeights rounded = state.Weights.Copy();
        rounded.Replace(PackedLayout.WordEmbedding + ".weight", state.RoundedWords(cancellation));

        // Matrices of a layer see what the layers before hand on; those outside of layers stand alone.
        IGrouping<string, WeightJob>[] stages = [.. state.UniformMatrices().GroupBy(job => WeightJob.BlockOf(job.Matrix.Name))];
        foreach (WeightJob job in stages.Take(state.PartsDone).SelectMany(jobs => jobs))
        {
            rounded.Replace(job.Matrix.Name + ".weight", state.Rounded(job, cancellation));
        }

        for (int stage = state.PartsDone; stage < stages.Length; stage++)
        {
            cancellation.ThrowIfCancellationRequested();
            Round(state, rounded, [.. stages[stage]], cancellation);
            state.PartDone();
            progress?.Report((stage + 1.0) / stages.Length);
        }
    }

    private void Round(RecipeState state, WorkingWeights rounded, WeightJob[] jobs, CancellationToken cancellation)
    {
        using var pass = new TrainingPass(new TrainableOptions { Threads = state.Threads });
        Dictionary<string, InputMoments> moments = SiteMoments.Collect(state, rounded, jobs, pass, cancellation);
        foreach (WeightJob job in jobs)
        {
            string name = job.Matrix.Name + ".weight";
            float[] weights = state.Weights.Read(name);
            QuantizedMatrix grid = job.Fit(weights, cancellation);
            double[] products = moments[state.Target.Graph.SiteOf(job.Matrix.Name)].Products();
            QuantizedMatrix codes = SecondOrderRounding.Run(weights, grid, products, damping, state.Threads, cancellation);
            state.SetCodes(job.Matrix.Name, codes);
            codes.Dequantize(weights);
            rounded.Replace(name, weights);
        }
    }
}
