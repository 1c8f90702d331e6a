namespace QuantGen.Execution;

/// <summary>Keeps the workers of a job on processors of their own.</summary>
/// <remarks>
/// When something else runs on a worker's processor for a moment, Linux puts the worker on that of another and lets both take turns there for tens of
/// milliseconds, longer than a whole pass, with the other processor idle. So a worker that finds itself on the processor of another asks for any other,
/// and afterwards allows all again: it is never bound. Only one of two on a processor runs, and when that is the caller of the library, whose thread is
/// not ours, it sends the other away instead. Elsewhere than on Linux nothing is done. That threads do not wake up together is the business of
/// <see cref="Sleepers"/>.
/// </remarks>
internal sealed class WorkerPlaces
{
    // Two cache lines for each worker: everybody writes at the start of every phase.
    private const int Stride = 32;
    private readonly OwnThread?[] _threads;
    private readonly int[] _processors;

    /// <summary>Creates places nobody is on.</summary>
    /// <param name="workers">The most workers.</param>
    public WorkerPlaces(int workers)
    {
        _threads = new OwnThread?[workers];
        _processors = new int[(workers + 1) * Stride];
        Clear();
    }

    /// <summary>Gets the processor a worker was last seen on; -1 when it has claimed none.</summary>
    /// <param name="worker">Its number.</param>
    public int ProcessorOf(int worker) => Volatile.Read(ref Place(worker));

    /// <summary>Forgets who was where, before a job.</summary>
    public void Clear() => _processors.AsSpan().Fill(-1);

    /// <summary>Notes where the calling worker runs, and parts it from another worker that is there.</summary>
    /// <param name="worker">The caller's number.</param>
    /// <param name="thread">The calling thread, when it is one of ours.</param>
    public void Claim(int worker, OwnThread? thread)
    {
        if (!Processors.IsSupported)
        {
            return;
        }

        int here = Processors.Here();
        if (_threads[worker] != thread)
        {
            Volatile.Write(ref _threads[worker], thread);
        }

        Volatile.Write(ref Place(worker), here);
        for (int other = 0; other < _threads.Length; other++)
        {
            if (other != worker && ProcessorOf(other) == here)
            {
                Part(worker, thread, other);
                return;
            }
        }
    }

    private void Part(int worker, OwnThread? thread, int other)
    {
        if (thread is not null)
        {
            if (thread.Leave(_processors))
            {
                Volatile.Write(ref Place(worker), Processors.Here());
            }
        }
        else if (Volatile.Read(ref _threads[other]) is OwnThread sent && sent.Leave(_processors))
        {
            // Where it went it will say itself.
            Volatile.Write(ref Place(other), -1);
        }
    }

    private ref int Place(int worker) => ref _processors[(worker + 1) * Stride];
}
