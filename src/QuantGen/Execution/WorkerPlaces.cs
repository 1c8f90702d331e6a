namespace QuantGen.Execution;

/// <summary>Keeps the workers of a team on processors of their own.</summary>
/// <remarks>
/// When something else runs on a worker's processor for a moment, Linux puts the worker on that of another and lets both take turns there for tens of
/// milliseconds, longer than a whole pass, with the other processor idle. So a worker that finds itself on the processor of another asks for any other,
/// and afterwards allows all again: it is never bound. Every worker does so, and only one of two on a processor runs and moves. Elsewhere than on Linux
/// nothing is done. That threads do not wake up together is the business of <see cref="Sleepers"/>.
/// </remarks>
internal sealed class WorkerPlaces
{
    // Two cache lines for each worker: everybody writes at the start of every phase.
    private const int Stride = 32;
    private readonly int _workers;
    private readonly int[] _processors;

    /// <summary>Creates places nobody is on.</summary>
    /// <param name="workers">The most workers.</param>
    public WorkerPlaces(int workers)
    {
        _workers = workers;
        _processors = new int[(workers + 1) * Stride];
        Clear();
    }

    /// <summary>Gets the processor a worker was last seen on; -1 when it has claimed none.</summary>
    /// <param name="worker">Its number.</param>
    public int ProcessorOf(int worker) => Volatile.Read(ref Place(worker));

    /// <summary>Forgets who was where, before a job.</summary>
    public void Clear() => _processors.AsSpan().Fill(-1);

    /// <summary>Notes where the calling worker runs and moves it when another worker is there.</summary>
    /// <param name="worker">The caller's number.</param>
    public void Claim(int worker)
    {
        if (!Processors.IsSupported)
        {
            return;
        }

        int here = Processors.Here();
        Volatile.Write(ref Place(worker), here);
        for (int other = 0; other < _workers; other++)
        {
            if (other != worker && ProcessorOf(other) == here)
            {
                LeaveTo(worker);
                return;
            }
        }
    }

    private ref int Place(int worker) => ref _processors[(worker + 1) * Stride];

    private void LeaveTo(int worker)
    {
        if (Move(_processors))
        {
            Volatile.Write(ref Place(worker), Processors.Here());
        }
    }

    // Moves the calling thread to any processor it may use but these, and afterwards allows all again; numbers below 0 are none.
    private static bool Move(ReadOnlySpan<int> taken)
    {
        Span<byte> allowed = stackalloc byte[Processors.SetBytes];
        Span<byte> free = stackalloc byte[Processors.SetBytes];
        if (!Processors.GetAllowed(allowed))
        {
            return false;
        }

        allowed.CopyTo(free);
        foreach (int processor in taken)
        {
            Processors.Remove(free, processor);
        }

        // With more workers than processors none is free: sharing is what was asked for.
        return Processors.Allow(0, free) && Processors.Allow(0, allowed);
    }
}
