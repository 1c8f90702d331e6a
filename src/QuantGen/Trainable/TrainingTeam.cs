using QuantGen.Execution;

namespace QuantGen.Trainable;

/// <summary>The threads of a trainable model: the caller and background threads, which share the items of one job after the other.</summary>
/// <remarks>
/// A pass is hundreds of short jobs that follow from each other, so threads spin between them for a moment before they sleep. Nothing is allocated
/// per job: each type of job has one place it is copied to. The threads know only <see cref="TrainingJob"/>, so that a team nobody disposed of is
/// collected, and ends them.
/// </remarks>
internal sealed class TrainingTeam : IDisposable
{
    private readonly TrainingJob _job;
    private readonly Thread[] _threads;
    private readonly Dictionary<Type, TrainingSlot> _slots = [];
    private bool _disposed;

    /// <summary>Creates a team and starts its threads.</summary>
    /// <param name="workers">Workers, the caller included; 0 for one per processor.</param>
    public TrainingTeam(int workers)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(workers);
        Workers = Processors.Threads(workers == 0 ? Environment.ProcessorCount : workers);
        _job = new TrainingJob(Workers);
        _threads = new Thread[Workers - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = StartThread(_job, i + 1);
        }
    }

    /// <summary>Ends the threads of a team that nobody disposed of. One whose constructor failed may have none.</summary>
    ~TrainingTeam() => _job?.End();

    /// <summary>Gets the number of workers.</summary>
    public int Workers { get; }

    /// <summary>Runs all items of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="items">How many items.</param>
    public void Run<TJob>(TJob job, int items)
        where TJob : struct, ITeamJob
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Workers == 1 || items <= 1)
        {
            for (int item = 0; item < items; item++)
            {
                job.Run(item, 0);
            }

            return;
        }

        TrainingSlot<TJob> slot = SlotOf<TJob>();
        slot.Job = job;
        try
        {
            _job.Run(slot, items);
        }
        finally
        {
            slot.Job = default;

            // Collected in the middle of the job, the team would end threads that the job waits for.
            GC.KeepAlive(this);
        }
    }

    /// <summary>Runs all items of a job on the lanes of this processor.</summary>
    /// <param name="job">The job.</param>
    /// <param name="items">How many items.</param>
    public void RunOnLanes<TJob>(TJob job, int items)
        where TJob : struct, ILaneJob => Run(new OnLanes<TJob>(job), items);

    /// <summary>Ends the threads and waits for them.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            GC.SuppressFinalize(this);
            _job.End();
            foreach (Thread thread in _threads)
            {
                thread.Join();
            }
        }
    }

    // Static, so that the thread does not hold the team.
    private static Thread StartThread(TrainingJob job, int worker)
    {
        var thread = new Thread(() => job.Serve(worker)) { IsBackground = true, Name = "QuantGen trainer" };
        thread.Start();
        return thread;
    }

    private TrainingSlot<TJob> SlotOf<TJob>()
        where TJob : struct, ITeamJob
    {
        if (!_slots.TryGetValue(typeof(TJob), out TrainingSlot? slot))
        {
            slot = new TrainingSlot<TJob>();
            _slots.Add(typeof(TJob), slot);
        }

        return (TrainingSlot<TJob>)slot;
    }
}
