using System.Runtime.InteropServices;

namespace QuantGen.Files;

/// <summary>Asks the operating system for large pages, where it gives them on request.</summary>
internal static unsafe class HugePages
{
    // Below this there would be hardly a whole large page.
    private const nuint Least = 4 << 20;
    private const int Advice = 14;
    private static readonly bool s_isSupported = OperatingSystem.IsLinux() && LibraryCalls.Work(() => Advise(null, 0, Advice) == 0);

    /// <summary>Asks for large pages under a block that was not written yet: far fewer faults while it is filled. Nothing depends on the answer.</summary>
    /// <param name="block">First byte.</param>
    /// <param name="bytes">Length.</param>
    public static void Request(void* block, nuint bytes)
    {
        if (bytes < Least || !s_isSupported)
        {
            return;
        }

        // Advice is about whole pages, so the parts of pages at both ends are left out.
        nuint page = (nuint)Environment.SystemPageSize;
        nuint first = ((nuint)block + page - 1) / page * page;
        nuint end = ((nuint)block + bytes) / page * page;
        _ = Advise((void*)first, end - first, Advice);
    }

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int Advise(void* start, nuint length, int advice);
}
