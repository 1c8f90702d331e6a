namespace QuantGen.Training.PostTraining;

/// <summary>One step of a quantization after training.</summary>
internal interface IRecipeStep
{
    /// <summary>Does the work. Its result depends on the state alone, not on threads or time.</summary>
    /// <param name="state">What earlier steps found; receives what this one finds.</param>
    /// <param name="progress">Who is told, from 0 to 1; null for nobody.</param>
    /// <param name="cancellation">Stops the work.</param>
    void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation);

    /// <summary>Estimates the most bytes that the step keeps at a time beside what the process has already; 0 where that is little.</summary>
    /// <param name="state">What earlier steps found.</param>
    /// <param name="cancellation">Stops the work.</param>
    long Memory(RecipeState state, CancellationToken cancellation) => 0;

    /// <summary>Sets again, in a run that continues, what the step sets beside codes, ranges and weights, which were kept. Default: nothing.</summary>
    /// <param name="state">The state.</param>
    void Restore(RecipeState state)
    {
    }
}
