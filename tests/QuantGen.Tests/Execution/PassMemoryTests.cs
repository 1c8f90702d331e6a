using QuantGen.Execution;

namespace QuantGen.Tests.Execution;

/// <summary>Memory is put behind what batches use, and nothing else.</summary>
public sealed class PassMemoryTests
{
    private const long Step = 256 << 10;

    [Fact]
    public void A_small_batch_commits_a_step_of_each_buffer_and_its_workers()
    {
        var pages = new Recorder();
        using var memory = new PassMemory(pages, [new(0, 4096), new(4 << 20, 1024)], sharedBytes: 5 << 20, workerBytes: 1000, workers: 3);
        Assert.Empty(pages.Committed);
        Assert.Equal((5 << 20) + 3000, pages.Reserved);
        memory.Commit(tokens: 10, workers: 1);
        Assert.Equal([(0, Step), (4 << 20, Step), (5 << 20, 1000)], pages.Committed);
    }

    [Fact]
    public void Larger_batches_commit_what_is_missing_and_smaller_ones_nothing()
    {
        var pages = new Recorder();
        using var memory = new PassMemory(pages, [new(0, 4096), new(4 << 20, 1024)], sharedBytes: 5 << 20, workerBytes: 1000, workers: 3);
        memory.Commit(tokens: 64, workers: 2);
        pages.Committed.Clear();
        memory.Commit(tokens: 64, workers: 2);
        memory.Commit(tokens: 1, workers: 1);
        Assert.Empty(pages.Committed);
        memory.Commit(tokens: 65, workers: 3);
        Assert.Equal([(Step, Step), ((5 << 20) + 2000, 1000)], pages.Committed);
        pages.Committed.Clear();
        memory.Commit(tokens: 1024, workers: 3);
        Assert.Equal([(2 * Step, (4 << 20) - (2 * Step)), ((4 << 20) + Step, (1 << 20) - Step)], pages.Committed);
    }

    [Fact]
    public void Without_a_list_of_buffers_all_shared_memory_is_used_by_every_batch()
    {
        var pages = new Recorder();
        using var memory = new PassMemory(pages, [], sharedBytes: 5000, workerBytes: 100, workers: 2);
        memory.Commit(tokens: 1, workers: 1);
        Assert.Equal([(0, 5000), (5000, 100)], pages.Committed);
        memory.Commit(tokens: 7, workers: 1);
        Assert.Equal(2, pages.Committed.Count);
    }

    [Fact]
    public void What_cannot_be_committed_is_asked_for_again()
    {
        var pages = new Recorder { Fails = true };
        using var memory = new PassMemory(pages, [new(0, 8)], sharedBytes: 800, workerBytes: 100, workers: 1);
        Assert.Throws<OutOfMemoryException>(() => memory.Commit(tokens: 1, workers: 1));
        pages.Fails = false;
        memory.Commit(tokens: 1, workers: 1);
        Assert.Equal([(0, 800), (800, 100)], pages.Committed);
    }

    [Fact]
    public void Every_generated_plan_names_all_that_its_passes_touch() =>
        Assert.Equal("True", ProbeProcess.Run(new Dictionary<string, string>(), "committed-pages").Trim());

    private sealed unsafe class Recorder : IPassPages
    {
        private byte* _start;

        public long Step => PassMemoryTests.Step;

        public long Reserved { get; private set; }

        public bool Fails { get; set; }

        public List<(long First, long Bytes)> Committed { get; } = [];

        public byte* Reserve(nuint bytes)
        {
            Reserved = (long)bytes;
            return _start = PassPages.OfThisSystem.Reserve(bytes);
        }

        public void Commit(byte* first, nuint bytes)
        {
            if (Fails)
            {
                throw new OutOfMemoryException();
            }

            Committed.Add((first - _start, (long)bytes));
        }

        public void Free(byte* start) => PassPages.OfThisSystem.Free(start);
    }
}
