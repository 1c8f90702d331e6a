using System.Runtime.InteropServices;

namespace QuantGen.Execution;

/// <summary>The two ways in which systems give memory.</summary>
internal static unsafe class PassPages
{
    /// <summary>Gets the way of this system.</summary>
    public static IPassPages OfThisSystem { get; } = OperatingSystem.IsWindows() ? new Windows() : new OnFirstWrite();

    /// <summary>Systems that put a page behind an address when it is first written: what is never touched costs address space only.</summary>
    private sealed class OnFirstWrite : IPassPages
    {
        // Whole buffers, as far as any has been: committing does nothing here.
        public long Step => 1 << 30;

        public byte* Reserve(nuint bytes) => (byte*)NativeMemory.AlignedAlloc(bytes, 64);

        public void Commit(byte* first, nuint bytes)
        {
        }

        public void Free(byte* start) => NativeMemory.AlignedFree(start);
    }

    /// <summary>Windows promises every committed page to whoever asked for it, touched or not, so only what is used is committed.</summary>
    private sealed class Windows : IPassPages
    {
        private const uint CommitPages = 0x1000;
        private const uint ReservePages = 0x2000;
        private const uint ReleasePages = 0x8000;
        private const uint ReadWrite = 4;

        // Batches grow little by little, and asking the system takes longer than a few pages are worth.
        public long Step => 256 << 10;

        // Address space begins on a multiple of 64 KB.
        public byte* Reserve(nuint bytes) => Checked(VirtualAlloc(null, bytes, ReservePages, ReadWrite), bytes);

        public void Commit(byte* first, nuint bytes) => Checked(VirtualAlloc(first, bytes, CommitPages, ReadWrite), bytes);

        public void Free(byte* start)
        {
            if (start is not null)
            {
                _ = VirtualFree(start, 0, ReleasePages);
            }
        }

        private static byte* Checked(void* found, nuint bytes) =>
            found is not null ? (byte*)found : throw new OutOfMemoryException($"the system has no {bytes} bytes for the buffers of a call");

        [DllImport("kernel32")]
        private static extern void* VirtualAlloc(void* address, nuint bytes, uint type, uint protection);

        [DllImport("kernel32")]
        private static extern int VirtualFree(void* address, nuint bytes, uint type);
    }
}
