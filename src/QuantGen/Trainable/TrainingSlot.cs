namespace QuantGen.Trainable;

/// <summary>The place of one type of job.</summary>
internal abstract class TrainingSlot
{
    /// <summary>Runs items of the job until none is left.</summary>
    /// <param name="items">Gives the items.</param>
    /// <param name="worker">The calling worker.</param>
    public abstract void Run(TrainingJob items, int worker);
}

/// <inheritdoc/>
internal sealed class TrainingSlot<TJob> : TrainingSlot
    where TJob : struct, ITeamJob
{
    public TJob Job;

    public override void Run(TrainingJob items, int worker)
    {
        for (int item = items.Take(); item >= 0; item = items.Take())
        {
            Job.Run(item, worker);
        }
    }
}
