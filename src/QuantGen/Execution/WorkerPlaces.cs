using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QuantGen.Execution;

/// <summary>Keeps the workers of a team on processors of their own.</summary>
/// <remarks>
/// A thread that wakes up while the other processor is busy for a moment is put on its waker's processor, and Linux then lets both take turns
/// there for tens of milliseconds, longer than a whole pass, with the other processor idle. So a worker that finds itself on the processor of
/// another asks for any other, and afterwards allows all again: it is never bound. Every worker does so, the first too: it slept while the one behind
/// it moved away, and the one that wakes it brings it along, over and over. Only one of two on a processor runs and moves. Elsewhere than on Linux
/// nothing is done.
/// </remarks>
internal sealed unsafe class WorkerPlaces
{
    private const int MaskBytes = 128;

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

    private static bool IsSupported { get; } = OperatingSystem.IsLinux() && Environment.ProcessorCount > 1 && CanAsk();

    /// <summary>Gets the processor a worker was last seen on; -1 when it has claimed none.</summary>
    /// <param name="worker">Its number.</param>
    public int ProcessorOf(int worker) => Volatile.Read(ref Place(worker));

    /// <summary>Forgets who was where, before a job.</summary>
    public void Clear() => _processors.AsSpan().Fill(-1);

    /// <summary>Notes where the calling worker runs and moves it when another worker is there.</summary>
    /// <param name="worker">The caller's number.</param>
    public void Claim(int worker)
    {
        if (!IsSupported)
        {
            return;
        }

        int here = Processor();
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
            Volatile.Write(ref Place(worker), Processor());
        }
    }

    // Moves the calling thread to any processor it may use but these, and afterwards allows all again; numbers below 0 are none.
    private static bool Move(ReadOnlySpan<int> taken)
    {
        byte* allowed = stackalloc byte[MaskBytes];
        byte* free = stackalloc byte[MaskBytes];
        if (GetAffinity(0, MaskBytes, allowed) < 0)
        {
            return false;
        }

        Unsafe.CopyBlockUnaligned(free, allowed, MaskBytes);
        foreach (int processor in taken)
        {
            if ((uint)processor < MaskBytes * 8)
            {
                free[processor >> 3] &= (byte)~(1 << (processor & 7));
            }
        }

        // More workers than processors: sharing is what was asked for. The call fails, too, where a sandbox forbids it, and nothing is lost.
        bool isAny = false;
        for (int i = 0; i < MaskBytes; i++)
        {
            isAny |= free[i] != 0;
        }

        return isAny && SetAffinity(0, MaskBytes, free) == 0 && SetAffinity(0, MaskBytes, allowed) == 0;
    }

    // The first call of a foreign function allocates. Workers meet by chance, in any call of a session, and no call may allocate: so all three are called here.
    private static bool CanAsk()
    {
        try
        {
            _ = Move([]);
            return Processor() >= 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    // These take well under a microsecond and never block, so the collector need not know.
    [DllImport("libc", EntryPoint = "sched_getcpu"), SuppressGCTransition]
    private static extern int Processor();

    [DllImport("libc", EntryPoint = "sched_getaffinity")]
    private static extern int GetAffinity(int thread, nint bytes, byte* mask);

    [DllImport("libc", EntryPoint = "sched_setaffinity")]
    private static extern int SetAffinity(int thread, nint bytes, byte* mask);
}
