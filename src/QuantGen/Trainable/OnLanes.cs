using QuantGen.Lanes;

namespace QuantGen.Trainable;

/// <summary>A job on the lanes of this processor.</summary>
internal readonly struct OnLanes<TJob>(TJob job) : ITeamJob
    where TJob : struct, ILaneJob
{
    /// <inheritdoc/>
    public void Run(int item, int worker)
    {
        if (LanesChoice.Use512)
        {
            job.Run<Lanes512>(item, worker);
        }
        else if (LanesChoice.Use256)
        {
            job.Run<Lanes256>(item, worker);
        }
        else if (LanesChoice.Use128)
        {
            job.Run<Lanes128>(item, worker);
        }
        else
        {
            job.Run<LanesScalar>(item, worker);
        }
    }
}
