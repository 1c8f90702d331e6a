using QuantGen.Execution;

namespace QuantGen.Tests.Execution;

public sealed class WorkerPlacesTests
{
    [TheoryWhere(Machine.MovableThreads)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void A_worker_that_finds_itself_where_another_is_moves_and_stays_free(int first, int second)
    {
        string before = AllowedProcessors();
        var places = new WorkerPlaces(2);
        var thread = new OwnThread();

        // One thread plays both, so that they certainly meet.
        places.Claim(first, thread);
        places.Claim(second, thread);

        Assert.InRange(places.ProcessorOf(0), 0, int.MaxValue);
        Assert.InRange(places.ProcessorOf(1), 0, int.MaxValue);
        Assert.NotEqual(places.ProcessorOf(0), places.ProcessorOf(1));
        Assert.Equal(before, AllowedProcessors());
    }

    [FactWhere(Machine.MovableThreads)]
    public void A_caller_stays_where_it_is_and_sends_the_worker_it_meets_away()
    {
        byte[] all = Allowed();
        int here = Processors.Here();
        Assert.True(Processors.Allow(0, Only(here)));
        try
        {
            // The other worker is bound to this processor too, by somebody else than this library, until it is sent away.
            var places = new WorkerPlaces(2);
            using var isThere = new ManualResetEventSlim();
            using var isSent = new ManualResetEventSlim();
            byte[] allowed = [];
            var worker = new Thread(() =>
            {
                Processors.Allow(0, all);
                var thread = new OwnThread();
                Processors.Allow(0, Only(here));
                places.Claim(1, thread);
                isThere.Set();
                isSent.Wait();
                allowed = Allowed();
            });
            worker.Start();
            isThere.Wait();
            Assert.Equal(here, places.ProcessorOf(1));

            places.Claim(0, thread: null);

            isSent.Set();
            worker.Join();
            Assert.Equal(here, places.ProcessorOf(0));
            Assert.Equal(-1, places.ProcessorOf(1));
            Assert.Equal(all, allowed);
            Assert.Equal(Only(here), Allowed());
        }
        finally
        {
            Processors.Allow(0, all);
        }
    }

    [Fact]
    public void More_workers_than_processors_share_without_an_error()
    {
        int workers = Environment.ProcessorCount + 3;
        var places = new WorkerPlaces(workers);
        var thread = new OwnThread();
        for (int worker = 0; worker < workers; worker++)
        {
            places.Claim(worker, worker == 0 ? null : thread);
        }

        places.Clear();
        Assert.All(Enumerable.Range(0, workers), worker => Assert.Equal(-1, places.ProcessorOf(worker)));
    }

    // Where workers meet and when they sleep is chance, so that the first of them may be in any call.
    [Fact]
    public void The_first_move_and_sleep_of_a_process_allocate_nothing() =>
        Assert.Equal("0", ProbeProcess.Run(new Dictionary<string, string>(), "first-move").Trim());

    private static string AllowedProcessors() =>
        File.ReadLines("/proc/thread-self/status").Single(line => line.StartsWith("Cpus_allowed:", StringComparison.Ordinal));

    private static byte[] Only(int processor)
    {
        byte[] set = new byte[Processors.SetBytes];
        set[processor >> 3] = (byte)(1 << (processor & 7));
        return set;
    }

    private static byte[] Allowed()
    {
        byte[] allowed = new byte[Processors.SetBytes];
        Assert.True(Processors.GetAllowed(allowed));
        return allowed;
    }
}
