using QuantGen.Linear;

namespace QuantGen.Execution;

/// <summary>Buffers and threads of one call at a time.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly IEncoderProgram _program;
    private readonly WorkerTeam _team;

    public Workspace(IEncoderProgram program, WeightArena weights, int workers)
    {
        _program = program;
        Pass = new ForwardPass(program, weights, workers);
        _team = new WorkerTeam(workers);
    }

    /// <summary>Ends the threads of a workspace that nobody disposed of; they hold the team, so it is not finalized before.</summary>
    ~Workspace() => _team.Release();

    /// <summary>Gets the batch and its buffers.</summary>
    public ForwardPass Pass { get; }

    /// <summary>Computes the batch.</summary>
    /// <param name="workers">How many threads, from 1 to what the buffers are for.</param>
    /// <param name="profile">Adds up where the time goes; null for nothing.</param>
    public void Run(int workers, OperatorProfile? profile = null)
    {
        Pass.Partition(workers, _program.MaxItemTokens);
        if (profile is null)
        {
            _team.Run(_program, Pass, workers);
            return;
        }

        profile.Begin(workers);
        Pass.Profile = profile;
        try
        {
            _team.Run(_program, Pass, workers);
        }
        finally
        {
            Pass.Profile = null;
            profile.End();
        }
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _team.Dispose();
        Pass.Dispose();
    }
}
