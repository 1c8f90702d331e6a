using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace QuantGen.Execution;

/// <summary>A pass that several workers compute: the caller of <see cref="Run"/> and the threads that a <see cref="WorkerTeam"/> lends for it.</summary>
/// <remarks>
/// Workers take the items of a phase from a <see cref="Ticket"/>, and whoever finishes the last of them opens the next phase. Nobody waits for a worker
/// that holds no item: one that has not woken up yet, or whose processor the system has given to somebody else, is simply late.
/// One pass at a time; nothing is allocated for it. With one worker nothing is shared and nothing is atomic.
/// </remarks>
internal sealed class SharedPass
{
    private readonly SpinGate _phases;
    private readonly WorkerPlaces _places;

    // Which numbers of workers threads have: a buffer belongs to a number, so no two threads may have the same, however late one of them leaves.
    private readonly int[] _taken;
    private IEncoderProgram? _program;
    private ForwardPass? _pass;
    private ExceptionDispatchInfo? _error;
    private CancellationToken _cancellation;
    private Counters _counters;

    /// <summary>Creates the place where passes are shared.</summary>
    /// <param name="workers">The most workers of a pass, the caller included.</param>
    public SharedPass(int workers)
    {
        Helpers = new TeamThread[workers - 1];
        _taken = new int[workers];
        _phases = new SpinGate(SpinGate.WithinPass, workers);
        _places = new WorkerPlaces(workers);
    }

    /// <summary>Gets room for the threads that the team lends; the first <see cref="HelperCount"/> are lent.</summary>
    public TeamThread[] Helpers { get; }

    /// <summary>Gets or sets how many threads are lent.</summary>
    public int HelperCount { get; set; }

    /// <summary>Runs all phases of a program over a batch, on the calling thread and those that are lent.</summary>
    /// <param name="program">The program.</param>
    /// <param name="pass">The batch, with buffers for one worker more than threads are lent.</param>
    /// <param name="cancellation">Ends the pass before its next phase.</param>
    /// <exception cref="OperationCanceledException">The pass was cancelled.</exception>
    public void Run(IEncoderProgram program, ForwardPass pass, CancellationToken cancellation = default)
    {
        if (HelperCount == 0)
        {
            RunAlone(program, pass, cancellation);
            return;
        }

        Begin(program, pass, cancellation);
        Work(worker: 0, helper: null);

        // The threads keep this alive; it must not keep the model alive.
        _program = null;
        _pass = null;
        _cancellation = default;
        ExceptionDispatchInfo? error = _error;
        _error = null;
        error?.Throw();
    }

    /// <summary>Takes part on a thread of the team, until nothing is left to do for it or it is lent elsewhere.</summary>
    public void Join(TeamThread helper)
    {
        while (helper.Pass == this)
        {
            // Before the ticket: if that has changed since, nobody waits.
            int opened = _phases.Value;
            int workers = new Ticket(Volatile.Read(ref _counters.Ticket)).Workers;
            if (workers == 0)
            {
                return;
            }

            int worker = TakeNumber(workers);
            if (worker > 0)
            {
                Work(worker, helper);

                // Then the ticket once more: whoever came for a pass that has begun meanwhile may have found this number taken, and left.
                Interlocked.Exchange(ref _taken[worker], 0);
            }
            else
            {
                _phases.WaitWhile(opened, helper.Self);
            }
        }
    }

    private static void RunAlone(IEncoderProgram program, ForwardPass pass, CancellationToken cancellation)
    {
        int phases = program.PhaseCount;
        for (int phase = 0; phase < phases; phase++)
        {
            cancellation.ThrowIfCancellationRequested();
            int items = program.ItemCount(phase, pass);
            for (int item = 0; item < items; item++)
            {
                program.RunItem(phase, item, worker: 0, pass);
            }
        }
    }

    private int TakeNumber(int workers)
    {
        for (int worker = 1; worker < workers; worker++)
        {
            if (Interlocked.CompareExchange(ref _taken[worker], 1, 0) == 0)
            {
                return worker;
            }
        }

        return 0;
    }

    private void Begin(IEncoderProgram program, ForwardPass pass, CancellationToken cancellation)
    {
        _program = program;
        _pass = pass;
        _cancellation = cancellation;
        _places.Clear();
        Open(HelperCount + 1, 0);
        if (new Ticket(_counters.Ticket).Workers > 0)
        {
            foreach (TeamThread helper in Helpers.AsSpan(0, HelperCount))
            {
                helper.Call();
            }
        }
    }

    /// <summary>Takes part until there is nothing left to do for this worker.</summary>
    private void Work(int worker, TeamThread? helper)
    {
        OperatorProfile? profile = null;
        int phase = -1;
        while (helper is null || helper.Pass == this)
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
                _places.Claim(worker, helper?.Self);
            }

            if (ticket.Left == 0)
            {
                _phases.WaitWhile(opened, helper?.Self);
            }
            else if (TryTake(ticket))
            {
                if (worker != 0)
                {
                    profile = Report(worker, profile, _pass!.Profile);
                }

                int items = _counters.Items;
                RunItem(ticket.Phase, items - ticket.Left, worker);
                if (Interlocked.Increment(ref _counters.Done) == items)
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

    /// <summary>Opens the next phase that has items, or closes the pass after the last or after a failure.</summary>
    private void Open(int workers, int phase)
    {
        _counters.Done = 0;
        long ticket = Ticket.Closed;
        try
        {
            IEncoderProgram program = _program!;
            _cancellation.ThrowIfCancellationRequested();
            for (int phases = program.PhaseCount; phase < phases && _error is null; phase++)
            {
                int items = program.ItemCount(phase, _pass!);
                if (items > 0)
                {
                    _counters.Items = items;
                    ticket = Ticket.Open(workers, phase, items);
                    break;
                }
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }

        // From here on the caller may return, when this was the last phase, and begin another pass.
        Volatile.Write(ref _counters.Ticket, ticket);
        _phases.Advance();
    }

    private void Fail(Exception e) => Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(e), null);

    /// <summary>What all workers write, each on a cache line pair of its own; the items of a phase, written once, beside the ticket they belong to.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Counters
    {
        [FieldOffset(128)]
        public long Ticket;

        [FieldOffset(136)]
        public int Items;

        [FieldOffset(256)]
        public int Done;
    }
}
