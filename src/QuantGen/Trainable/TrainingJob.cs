using System.Runtime.ExceptionServices;
using QuantGen.Execution;

namespace QuantGen.Trainable;

/// <summary>The job in hand of a <see cref="TrainingTeam"/>: all that its threads see.</summary>
internal sealed class TrainingJob
{
    private const int Stop = -1;
    private readonly SpinGate _start;
    private readonly SpinGate _done = new(SpinGate.WithinPass);
    private readonly WorkerPlaces _places;
    private readonly int _workers;
    private TrainingSlot? _slot;
    private ExceptionDispatchInfo? _error;
    private int _items;
    private int _next;
    private int _active;
    private int _number;

    /// <summary>Creates the place of jobs.</summary>
    /// <param name="workers">How many workers take part in each.</param>
    public TrainingJob(int workers)
    {
        _workers = workers;
        _start = new SpinGate(SpinGate.WithinPass, workers);
        _places = new WorkerPlaces(workers);
    }

    /// <summary>Runs all items of a job as worker 0, and returns when all workers are done.</summary>
    public void Run(TrainingSlot slot, int items)
    {
        _slot = slot;
        _items = items;
        _next = 0;
        _active = _workers;
        int before = _number;
        _number = before == int.MaxValue ? 1 : before + 1;
        _start.Set(_number);
        Work(0, null);
        Leave();
        _done.WaitWhile(before);
        _slot = null;
        ExceptionDispatchInfo? error = _error;
        _error = null;
        error?.Throw();
    }

    /// <summary>Takes part in all jobs, on a thread of the team, until <see cref="End"/>.</summary>
    public void Serve(int worker)
    {
        var thread = new OwnThread();
        int number = 0;
        while ((number = _start.WaitWhile(number, thread)) != Stop)
        {
            Work(worker, thread);
            Leave();
        }
    }

    /// <summary>Ends the threads, without waiting for them. No job may be running.</summary>
    public void End() => _start.Set(Stop);

    /// <summary>Takes the next item.</summary>
    /// <returns>The item; -1 when none is left.</returns>
    public int Take()
    {
        int item = Interlocked.Increment(ref _next) - 1;
        return item < _items ? item : -1;
    }

    private void Work(int worker, OwnThread? thread)
    {
        _places.Claim(worker, thread);
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
            _done.Set(_number);
        }
    }
}
