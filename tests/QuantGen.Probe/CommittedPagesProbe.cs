using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.TestModels;

namespace QuantGen.Probe;

/// <summary>Runs all models in memory in which only committed pages may be touched, and writes whether results are the same bits; touching others ends the
/// process.</summary>
internal sealed unsafe class CommittedPagesProbe : IProbe
{
    /// <inheritdoc/>
    public void Run(string[] arguments)
    {
        bool same = true;
        foreach (TestModel model in TestModel.All)
        {
            foreach (TokenBatch batch in (TokenBatch[])[TokenBatch.Of([1], seed: 3), TokenBatch.OfAllLengths(9)])
            {
                using InferenceSession plain = model.Load();
                using InferenceSession guarded =
                    model.Load(options: new LoadOptions { Threads = 2, Pages = OperatingSystem.IsLinux() ? new GuardedPages() : PassPages.OfThisSystem });
                same &= batch.Run(plain).AsSpan().SequenceEqual(batch.Run(guarded));
            }
        }

        Console.WriteLine(same);
    }

    private sealed class GuardedPages : IPassPages
    {
        private readonly Dictionary<nint, nuint> _lengths = [];

        // No more than is used, to the page.
        public long Step => 1;

        public byte* Reserve(nuint bytes)
        {
            void* start = Map(null, bytes, 0, 0x22, -1, 0);
            if ((nint)start == -1)
            {
                throw new OutOfMemoryException();
            }

            _lengths[(nint)start] = bytes;
            return (byte*)start;
        }

        public void Commit(byte* first, nuint bytes)
        {
            nuint page = (nuint)Environment.SystemPageSize;
            nuint start = (nuint)first / page * page;
            nuint end = ((nuint)first + bytes + page - 1) / page * page;
            if (Protect((void*)start, end - start, 3) != 0)
            {
                throw new OutOfMemoryException();
            }
        }

        public void Free(byte* start)
        {
            if (start is not null)
            {
                _ = Unmap(start, _lengths[(nint)start]);
            }
        }

        [DllImport("libc", EntryPoint = "mmap")]
        private static extern void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

        [DllImport("libc", EntryPoint = "mprotect")]
        private static extern int Protect(void* address, nuint length, int protection);

        [DllImport("libc", EntryPoint = "munmap")]
        private static extern int Unmap(void* address, nuint length);
    }
}
