using System.Runtime.InteropServices;
using QuantGen.Files;

namespace QuantGen.Execution;

/// <summary>Which processors threads run on and may run on. Known on Linux only; elsewhere there is nothing to ask and nothing happens.</summary>
internal static unsafe class Processors
{
    /// <summary>The bytes of a set of processors, one bit for each.</summary>
    public const int SetBytes = 128;

    /// <summary>Gets whether threads can be asked and moved.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && Environment.ProcessorCount > 1 && CanAsk();

    /// <summary>Gets how many threads can work where so many are wanted: a page of a browser has one, and none can be started there.</summary>
    /// <param name="wanted">1 or more.</param>
    public static int Threads(int wanted) => OperatingSystem.IsBrowser() ? 1 : wanted;

    /// <summary>Gets the processor the calling thread runs on.</summary>
    public static int Here() => GetProcessor();

    /// <summary>Gets the number of the calling thread, which <see cref="Allow"/> takes.</summary>
    public static int Thread() => GetThread();

    /// <summary>Writes the set of processors the calling thread may run on.</summary>
    /// <param name="allowed">Receives <see cref="SetBytes"/>.</param>
    /// <returns>Whether it is known: a machine may have more processors than the set, and a sandbox may forbid asking.</returns>
    public static bool GetAllowed(Span<byte> allowed)
    {
        allowed.Clear();
        fixed (byte* set = allowed)
        {
            return GetAffinity(0, SetBytes, set) >= 0;
        }
    }

    /// <summary>Sets which processors a thread may run on. One that runs elsewhere moves before this returns.</summary>
    /// <param name="thread">Its number; 0 is the calling thread.</param>
    /// <param name="allowed">The set.</param>
    /// <returns>Whether it is so: a set without processors changes nothing, and a sandbox may forbid it.</returns>
    public static bool Allow(int thread, ReadOnlySpan<byte> allowed)
    {
        fixed (byte* set = allowed)
        {
            return allowed.ContainsAnyExcept((byte)0) && SetAffinity(thread, SetBytes, set) == 0;
        }
    }

    /// <summary>Takes a processor out of a set; numbers that no set has are none.</summary>
    public static void Remove(Span<byte> set, int processor)
    {
        if ((uint)processor < SetBytes * 8)
        {
            set[processor >> 3] &= (byte)~(1 << (processor & 7));
        }
    }

    // The first call of a foreign function allocates, and which call of a session is the first to need one is chance: so all are called here. The thread
    // that happens to come here may be a caller's, so it is asked to run nowhere at all, which changes nothing.
    private static bool CanAsk() => LibraryCalls.Work(() =>
    {
        Span<byte> allowed = stackalloc byte[SetBytes];
        byte nowhere = 0;
        return GetThread() > 0 && GetProcessor() >= 0 && SetAffinity(0, 1, &nowhere) != 0 && GetAllowed(allowed);
    });

    // These two take well under a microsecond and never block, so the collector need not know.
    [DllImport("libc", EntryPoint = "sched_getcpu"), SuppressGCTransition]
    private static extern int GetProcessor();

    [DllImport("libc", EntryPoint = "gettid"), SuppressGCTransition]
    private static extern int GetThread();

    [DllImport("libc", EntryPoint = "sched_getaffinity")]
    private static extern int GetAffinity(int thread, nint bytes, byte* set);

    [DllImport("libc", EntryPoint = "sched_setaffinity")]
    private static extern int SetAffinity(int thread, nint bytes, byte* set);
}
