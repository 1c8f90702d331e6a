using QuantGen.Linear;

namespace QuantGen.Execution;

/// <summary>Buffers of one call at a time, and the place where threads of the team join it.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly IEncoderProgram _program;
    private readonly WorkerTeam _team;
    private readonly SharedPass _shared;

    /// <summary>Creates a workspace. It has nothing to finalize itself: each of its parts frees what exists of it.</summary>
    /// <param name="program">The code of the model.</param>
    /// <param name="weights">Its weights, of an ensemble each member's.</param>
    /// <param name="workers">The most workers of a pass.</param>
    /// <param name="team">Lends threads.</param>
    /// <param name="pages">Where the memory of buffers comes from.</param>
    public Workspace(IEncoderProgram program, IReadOnlyList<WeightArena> weights, int workers, WorkerTeam team, IPassPages pages)
    {
        _program = program;
        _team = team;
        Pass = new ForwardPass(program, weights, workers, pages);
        _shared = new SharedPass(workers);
    }

    /// <summary>Gets the batch and its buffers.</summary>
    public ForwardPass Pass { get; }

    /// <summary>Computes the batch.</summary>
    /// <param name="workers">The most threads, from 1 to what the buffers are for; as many as the team has left.</param>
    /// <param name="profile">Adds up where the time goes; null for nothing.</param>
    /// <param name="cancellation">Ends the pass early; the workspace can be used again.</param>
    /// <exception cref="OperationCanceledException">The pass was cancelled.</exception>
    public void Run(int workers, OperatorProfile? profile = null, CancellationToken cancellation = default)
    {
        workers = _team.Lend(_shared, workers);
        try
        {
            Pass.Partition(workers, _program.MaxItemTokens);
            Pass.Commit(workers);
            if (profile is null)
            {
                _shared.Run(_program, Pass, cancellation);
            }
            else
            {
                RunProfiled(workers, profile, cancellation);
            }
        }
        finally
        {
            _team.TakeBack(_shared);
        }
    }

    public void Dispose() => Pass.Dispose();

    private void RunProfiled(int workers, OperatorProfile profile, CancellationToken cancellation)
    {
        profile.Begin(workers);
        Pass.Profile = profile;
        try
        {
            _shared.Run(_program, Pass, cancellation);
        }
        finally
        {
            Pass.Profile = null;
            profile.End();
        }
    }
}
