using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace QuantGen.Execution;

/// <summary>The threads of one workspace: the caller of <see cref="Run"/> and background threads that are started when first needed.</summary>
/// <remarks>
/// A forward pass is one job. Within a phase every worker claims the next item until none is left; the last to arrive at the end of a phase
/// opens the next one. One job at a time; nothing is allocated per job. With one worker nothing is shared and nothing is atomic.
/// </remarks>
internal sealed class WorkerTeam : IDisposable
{
    private const int Stop = -1;
    private readonly Thread?[] _threads;
    private readonly SpinGate[] _starts;
    private readonly SpinGate _phase = new(SpinGate.WithinPass);
    private readonly SpinGate _done = new(SpinGate.WithinPass);
    private readonly WorkerPlaces _places;
    private IEncoderProgram? _program;
    private ForwardPass? _pass;
    private ExceptionDispatchInfo? _error;
    private int _phases;
    private int _workers;
    private int _items;
    private int _job;
    private bool _disposed;
    private Counters _counters;

    /// <summary>Creates a team; no thread is started yet.</summary>
    /// <param name="workers">The most workers of a job, the caller included.</param>
    public WorkerTeam(int workers)
    {
        _threads = new Thread?[workers];
        _starts = new SpinGate[workers];
        _places = new WorkerPlaces(workers);
        for (int i = 0; i < workers; i++)
        {
            _starts[i] = new SpinGate(SpinGate.ForWork);
        }
    }

    /// <summary>Runs all phases of a program over a batch.</summary>
    /// <param name="program">The program.</param>
    /// <param name="pass">The batch, with buffers for at least <paramref name="workers"/>.</param>
    /// <param name="workers">How many workers, the caller included; from 1 to the size of the team.</param>
    public void Run(IEncoderProgram program, ForwardPass pass, int workers)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (workers == 1)
        {
            RunAlone(program, pass);
            return;
        }

        for (int worker = 1; worker < workers; worker++)
        {
            if (_threads[worker] is null)
            {
                StartThread(worker);
            }
        }

        Open(program, pass, workers);
        Work(0);
        Leave();
        _done.WaitWhile(_job - 1);

        // The threads keep the team alive; it must not keep the model alive.
        _program = null;
        _pass = null;
        ExceptionDispatchInfo? error = _error;
        _error = null;
        error?.Throw();
    }

    /// <summary>Ends the threads and waits until they have ended. Nobody may be in <see cref="Run"/>.</summary>
    public void Dispose()
    {
        Release();
        foreach (Thread? thread in _threads)
        {
            thread?.Join();
        }
    }

    /// <summary>Tells the threads to end without waiting for them, as a finalizer must.</summary>
    public void Release()
    {
        _disposed = true;
        foreach (SpinGate start in _starts)
        {
            start.Set(Stop);
        }
    }

    private static void RunAlone(IEncoderProgram program, ForwardPass pass)
    {
        int phases = program.PhaseCount;
        for (int phase = 0; phase < phases; phase++)
        {
            int items = program.ItemCount(phase, pass);
            for (int item = 0; item < items; item++)
            {
                program.RunItem(phase, item, worker: 0, pass);
            }
        }
    }

    private void StartThread(int worker)
    {
        var thread = new Thread(() => Serve(worker)) { IsBackground = true, Name = "QuantGen worker" };
        thread.Start();
        _threads[worker] = thread;
    }

    private void Open(IEncoderProgram program, ForwardPass pass, int workers)
    {
        // What may throw comes first.
        _phases = program.PhaseCount;
        _items = _phases > 0 ? program.ItemCount(0, pass) : 0;
        _program = program;
        _pass = pass;
        _workers = workers;
        _counters.Next = 0;
        _counters.Arrived = 0;
        _counters.Active = workers;
        _places.Clear();
        _phase.Set(0);

        // Numbers of jobs are never negative, so that none of them is the order to stop.
        _job = _job == int.MaxValue ? 1 : _job + 1;
        _done.Set(_job - 1);
        for (int worker = 1; worker < workers; worker++)
        {
            _starts[worker].Set(_job);
        }
    }

    private void Serve(int worker)
    {
        int job = 0;
        while ((job = _starts[worker].WaitWhile(job)) != Stop)
        {
            OperatorProfile? profile = _pass!.Profile;
            profile?.Attach(worker);
            Work(worker);
            profile?.Detach(worker);
            Leave();
        }
    }

    private void Work(int worker)
    {
        int last = _phases - 1;
        int phase = 0;
        while (phase <= last)
        {
            _places.Claim(worker);
            RunItems(phase, worker);
            _pass!.Enter(worker, OperatorClass.Wait);

            // The end of the last phase needs no meeting: the caller waits until all have left.
            phase = phase == last ? _phases : Meet(phase);
        }
    }

    private void RunItems(int phase, int worker)
    {
        IEncoderProgram program = _program!;
        ForwardPass pass = _pass!;
        try
        {
            int item;
            while ((item = Interlocked.Increment(ref _counters.Next) - 1) < _items && Volatile.Read(ref _error) is null)
            {
                program.RunItem(phase, item, worker, pass);
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    /// <summary>Waits until all workers are done with a phase.</summary>
    /// <returns>The next phase; the number of phases when one of them failed.</returns>
    private int Meet(int phase)
    {
        if (Interlocked.Increment(ref _counters.Arrived) < _workers)
        {
            return _phase.WaitWhile(phase);
        }

        _counters.Arrived = 0;
        _counters.Next = 0;
        CountItems(phase + 1);
        int next = _error is null ? phase + 1 : _phases;
        _phase.Set(next);
        return next;
    }

    private void CountItems(int phase)
    {
        try
        {
            _items = _program!.ItemCount(phase, _pass!);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _counters.Active) == 0)
        {
            _done.Set(_job);
        }
    }

    private void Fail(Exception e) => Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(e), null);

    /// <summary>What all workers write, each on a cache line pair of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Counters
    {
        [FieldOffset(128)]
        public int Next;

        [FieldOffset(256)]
        public int Arrived;

        [FieldOffset(384)]
        public int Active;
    }
}
