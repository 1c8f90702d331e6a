using QuantGen.Quantization;
using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Rounds matrix by matrix, each on what the layers before it, already rounded, hand on.</summary>
internal static class MatrixStages
{
    /// <summary>Finds the codes of one matrix.</summary>
    /// <param name="weights">Its weights, row-major; they may be changed.</param>
    /// <param name="grid">Its ranges, and the nearest codes.</param>
    /// <param name="moments">The mean outer product of its inputs; its memory may be used up.</param>
    /// <param name="pass">Whose threads compute.</param>
    public delegate QuantizedMatrix Rounder(float[] weights, QuantizedMatrix grid, double[] moments, TrainingPass pass);

    /// <summary>Rounds the matrices that have no codes yet.</summary>
    /// <param name="state">Receives the codes.</param>
    /// <param name="round">Finds the codes of one matrix.</param>
    /// <param name="progress">Who is told; null for nobody.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static void Round(RecipeState state, Rounder round, IProgress<double>? progress, CancellationToken cancellation)
    {
        WeightJob[] all = state.UniformMatrices();
        if (all.All(job => state.Codes.ContainsKey(job.Matrix.Name)))
        {
            return;
        }

        WorkingWeights rounded = state.WithRoundedEmbeddings(cancellation);
        using var pass = new TrainingPass(new TrainableOptions { Threads = state.Threads });

        // Matrices of a layer see what the layers before hand on; those outside of layers stand alone.
        IGrouping<string, WeightJob>[] stages = [.. all.GroupBy(job => WeightJob.BlockOf(job.Matrix.Name))];
        for (int stage = 0; stage < stages.Length; stage++)
        {
            WeightJob[] jobs = [.. stages[stage]];
            if (jobs.Any(job => !state.Codes.ContainsKey(job.Matrix.Name)))
            {
                Dictionary<string, InputMoments> moments = SiteMoments.Collect(state, rounded, jobs, pass, cancellation);
                foreach (WeightJob job in jobs)
                {
                    cancellation.ThrowIfCancellationRequested();
                    float[] weights = state.Weights.Read(job.Matrix.Name + ".weight");
                    double[] products = moments[state.Target.Graph.SiteOf(job.Matrix.Name)].Products();
                    state.SetCodes(job.Matrix.Name, round(weights, job.Fit(weights, cancellation), products, pass));
                }

                state.PartDone();
            }

            foreach (WeightJob job in jobs)
            {
                rounded.Replace(job.Matrix.Name + ".weight", state.Rounded(job, cancellation));
            }

            progress?.Report((stage + 1.0) / stages.Length);
        }
    }
}
