namespace QuantGen.Execution;

/// <summary>A session's membership in a <see cref="WorkerTeam"/>; a session that nobody disposed of leaves when it is collected.</summary>
/// <param name="team">The team, which it has joined.</param>
/// <param name="threads">What it joined with.</param>
internal sealed class TeamMember(WorkerTeam team, int threads) : IDisposable
{
    private int _hasLeft;

    /// <summary>Leaves without waiting for threads.</summary>
    ~TeamMember() => Leave(waits: false);

    /// <summary>Gets the team.</summary>
    public WorkerTeam Team => team;

    /// <summary>Leaves, and waits for the threads to end when it was the last member.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Leave(waits: true);
    }

    private void Leave(bool waits)
    {
        if (Interlocked.Exchange(ref _hasLeft, 1) == 0)
        {
            team.Leave(threads, waits);
        }
    }
}
