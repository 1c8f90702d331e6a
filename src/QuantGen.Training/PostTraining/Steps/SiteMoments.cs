using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Evaluation;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Runs the calibration texts and sums up what enters linear layers.</summary>
internal static class SiteMoments
{
    /// <summary>Collects the moments of the places that some matrices read.</summary>
    /// <param name="state">Texts and model.</param>
    /// <param name="weights">The weights that the full-precision model runs with.</param>
    /// <param name="jobs">The matrices.</param>
    /// <param name="pass">Whose threads sum.</param>
    /// <param name="cancellation">Stops the work between two batches.</param>
    /// <returns>The moments by the name of the place.</returns>
    public static Dictionary<string, InputMoments> Collect(
        RecipeState state, WorkingWeights weights, WeightJob[] jobs, TrainingPass pass, CancellationToken cancellation)
    {
        IReadOnlyList<RowBatch> batches = state.Batches(cancellation);
        using InferenceSession session = state.LoadFloats(weights, cancellation);
        ActivationSite[] sites = [.. session.Spec.ActivationSites()];
        var byIndex = new Dictionary<int, InputMoments>();
        var byName = new Dictionary<string, InputMoments>(StringComparer.Ordinal);
        foreach (string name in jobs.Select(job => state.Target.Graph.SiteOf(job.Matrix.Name)).Distinct())
        {
            int index = Array.FindIndex(sites, site => site.Name == name);
            byName.Add(name, new InputMoments(sites[index].Columns, pass));
            byIndex.Add(index, byName[name]);
        }

        var observer = new InputMoments.Observer(byIndex);
        foreach (RowBatch batch in batches)
        {
            session.Calibrate(
                CollectionsMarshal.AsSpan(batch.Ids), CollectionsMarshal.AsSpan(batch.Types), CollectionsMarshal.AsSpan(batch.Lengths), observer, cancellation);
        }

        return byName;
    }
}
