using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace QuantGen.Execution;

/// <summary>The threads of one workspace: the caller of <see cref="Run"/> and background threads that are started when first needed.</summary>
/// <remarks>
/// A forward pass is one job. Workers take the items of a phase from a <see cref="Ticket"/>, and whoever finishes the last of them opens the next phase. Nobody
/// waits for a worker that holds no item: one that has not woken up yet, or whose processor the system has given to somebody else, is simply late.
/// One job at a time; nothing is allocated per job. With one worker nothing is shared and nothing is atomic.
/// </remarks>
internal sealed class WorkerTeam : IDisposable
{
    private const int Stop = -1;
    private readonly Thread?[] _threads;
    private readonly SpinGate[] _starts;
    private readonly SpinGate _phases;
    private readonly WorkerPlaces _places;
    private IEncoderProgram? _program;
    private ForwardPass? _pass;
    private ExceptionDispatchInfo? _error;
    private int _job;
    private bool _disposed;
    private Counters _counters;

    /// <summary>Creates a team; no thread is started yet.</summary>
    /// <param name="workers">The most workers of a job, the caller included.</param>
    public WorkerTeam(int workers)
    {
        _threads = new Thread?[workers];
        _starts = new SpinGate[workers];
        _phases = new SpinGate(SpinGate.WithinPass, workers);
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
        workers = Math.Min(workers, Ticket.MostWorkers);
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

        Begin(program, pass, workers);
        Work(worker: 0);

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

    private void Begin(IEncoderProgram program, ForwardPass pass, int workers)
    {
        _program = program;
        _pass = pass;
        _places.Clear();
        Open(workers, 0);
        if (new Ticket(_counters.Ticket).Workers == 0)
        {
            return;
        }

        // Numbers of jobs are never negative, so that none of them is the order to stop.
        _job = _job == int.MaxValue ? 1 : _job + 1;
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
            Work(worker);
        }
    }

    /// <summary>Takes part until there is nothing left to do for this worker.</summary>
    private void Work(int worker)
    {
        OperatorProfile? profile = null;
        int phase = -1;
        while (true)
        {
            // Before the ticket: if that has changed since, nobody waits.
            int opened = _phases.Value;
            var ticket = new Ticket(Volatile.Read(ref _counters.Ticket));
            if (worker >= ticket.Workers)
            {
                break;
            }

            if (ticket.Phase != phase)
            {
                phase = ticket.Phase;
                _places.Claim(worker);
            }

            if (ticket.Next == ticket.Items)
            {
                _phases.WaitWhile(opened);
            }
            else if (TryTake(ticket))
            {
                if (worker != 0)
                {
                    profile = Report(worker, profile, _pass!.Profile);
                }

                RunItem(ticket.Phase, ticket.Next, worker);
                if (Interlocked.Increment(ref _counters.Done) == ticket.Items)
                {
                    Open(ticket.Workers, ticket.Phase + 1);
                }
            }
        }

        Report(worker, profile, null);
    }

    // What a thread computes is reported to the profile of the pass whose items it takes; the caller's thread sees to that itself.
    private static OperatorProfile? Report(int worker, OperatorProfile? before, OperatorProfile? now)
    {
        if (!ReferenceEquals(before, now))
        {
            before?.Detach(worker);
            now?.Attach(worker);
        }

        return now;
    }

    private bool TryTake(Ticket ticket) => Interlocked.CompareExchange(ref _counters.Ticket, ticket.AfterNext, ticket.Bits) == ticket.Bits;

    private void RunItem(int phase, int item, int worker)
    {
        ForwardPass pass = _pass!;
        if (Volatile.Read(ref _error) is null)
        {
            try
            {
                _program!.RunItem(phase, item, worker, pass);
            }
            catch (Exception e)
            {
                Fail(e);
            }
        }

        // While the item is not done: afterwards the pass may return at any moment.
        pass.Enter(worker, OperatorClass.Wait);
    }

    /// <summary>Opens the next phase that has items, or closes the job after the last or after a failure.</summary>
    private void Open(int workers, int phase)
    {
        _counters.Done = 0;
        long ticket = Ticket.Closed;
        try
        {
            IEncoderProgram program = _program!;
            for (int phases = program.PhaseCount; phase < phases && _error is null; phase++)
            {
                int items = program.ItemCount(phase, _pass!);
                if (items > 0)
                {
                    ticket = Ticket.Open(workers, phase, items);
                    break;
                }
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }

        // From here on the caller may return, when this was the last phase, and begin another job.
        Volatile.Write(ref _counters.Ticket, ticket);
        _phases.Advance();
    }

    private void Fail(Exception e) => Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(e), null);

    /// <summary>What all workers write, each on a cache line pair of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Counters
    {
        [FieldOffset(128)]
        public long Ticket;

        [FieldOffset(256)]
        public int Done;
    }
}
