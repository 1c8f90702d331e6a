using QuantGen.Specs;

namespace QuantGen.Training.PostTraining;

/// <summary>A step of which a part is jobs: they need nothing of each other, so that other processes may do them, in any order.</summary>
internal interface IJobStep : IRecipeStep
{
    /// <summary>Gets the number of jobs; 0 where the settings leave none, or where they are done.</summary>
    /// <param name="target">The model to make.</param>
    /// <param name="partsDone">Parts of the step that are done.</param>
    int JobCount(ModelSpec target, int partsDone);

    /// <summary>Hands on, in the state, what all jobs need beside what is there. Default: nothing.</summary>
    /// <param name="state">What earlier steps found.</param>
    /// <param name="cancellation">Stops the work.</param>
    void Prepare(RecipeState state, CancellationToken cancellation)
    {
    }

    /// <summary>Does one job; the state stays as it is.</summary>
    /// <param name="state">What earlier steps found, prepared.</param>
    /// <param name="job">Which one, from 0.</param>
    /// <param name="progress">Who is told, from 0 to 1; null for nobody.</param>
    /// <param name="cancellation">Stops the work.</param>
    JobResult RunJob(RecipeState state, int job, IProgress<double>? progress, CancellationToken cancellation);

    /// <summary>Does the rest of the step.</summary>
    /// <param name="state">What earlier steps found, prepared; receives what this one finds.</param>
    /// <param name="results">The results of all jobs, in their order.</param>
    /// <param name="progress">Who is told, from 0 to 1; null for nobody.</param>
    /// <param name="cancellation">Stops the work.</param>
    void Join(RecipeState state, IReadOnlyList<JobResult> results, IProgress<double>? progress, CancellationToken cancellation);
}
