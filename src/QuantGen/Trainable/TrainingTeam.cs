using System.Runtime.ExceptionServices;
using QuantGen.Execution;

namespace QuantGen.Trainable;

/// <summary>The threads of a trainable model: the caller and background threads, which share the items of one job after the other.</summary>
/// <remarks>
/// A pass is hundreds of short jobs that follow from each other, so threads spin between them for a moment before they sleep. Nothing is allocated
/// per job: each type of job has one place it is copied to.
/// </remarks>
internal sealed class TrainingTeam : IDisposable
{
    private const int Stop = -1;
    private readonly Thread[] _threads;
    private readonly SpinGate _start;
    private readonly SpinGate _done = new(SpinGate.WithinPass);
    private readonly Dictionary<Type, Slot> _slots = [];
    private readonly WorkerPlaces _places;
    private Slot? _slot;
    private ExceptionDispatchInfo? _error;
    private int _items;
    private int _next;
    private int _active;
    private int _job;
    private bool _disposed;

    /// <summary>Creates a team and starts its threads.</summary>
    /// <param name="workers">Workers, the caller included; 0 for one per processor.</param>
    public TrainingTeam(int workers)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(workers);
        Workers = workers == 0 ? Environment.ProcessorCount : workers;
        _places = new WorkerPlaces(Workers);
        _start = new SpinGate(SpinGate.WithinPass, Workers);
        _threads = new Thread[Workers - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _threads[i] = new Thread(() => Serve(worker)) { IsBackground = true, Name = "QuantGen trainer" };
            _threads[i].Start();
        }
    }

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

        Slot<TJob> slot = SlotOf<TJob>();
        slot.Job = job;
        _slot = slot;
        _items = items;
        _next = 0;
        _active = Workers;
        int before = _job;
        _job = before == int.MaxValue ? 1 : before + 1;
        _start.Set(_job);
        Work(0);
        Leave();
        _done.WaitWhile(before);
        slot.Job = default;
        _slot = null;
        ExceptionDispatchInfo? error = _error;
        _error = null;
        error?.Throw();
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
            _start.Set(Stop);
            foreach (Thread thread in _threads)
            {
                thread.Join();
            }
        }
    }

    private Slot<TJob> SlotOf<TJob>()
        where TJob : struct, ITeamJob
    {
        if (!_slots.TryGetValue(typeof(TJob), out Slot? slot))
        {
            slot = new Slot<TJob>();
            _slots.Add(typeof(TJob), slot);
        }

        return (Slot<TJob>)slot;
    }

    private void Serve(int worker)
    {
        int job = 0;
        while ((job = _start.WaitWhile(job)) != Stop)
        {
            Work(worker);
            Leave();
        }
    }

    private void Work(int worker)
    {
        _places.Claim(worker);
        try
        {
            _slot!.Run(this, worker);
        }
        catch (Exception e)
        {
            // The others stop claiming items; the first failure is the one the caller sees.
            Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(e), null);
            Volatile.Write(ref _next, _items);
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _active) == 0)
        {
            _done.Set(_job);
        }
    }

    private abstract class Slot
    {
        public abstract void Run(TrainingTeam team, int worker);
    }

    private sealed class Slot<TJob> : Slot
        where TJob : struct, ITeamJob
    {
        public TJob Job;

        public override void Run(TrainingTeam team, int worker)
        {
            int item;
            while ((item = Interlocked.Increment(ref team._next) - 1) < team._items)
            {
                Job.Run(item, worker);
            }
        }
    }
}
