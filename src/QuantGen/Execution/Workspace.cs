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
    public void Run(int workers)
    {
        Pass.Partition(workers, _program.MaxItemTokens);
        _team.Run(_program, Pass, workers);
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _team.Dispose();
        Pass.Dispose();
    }
}
