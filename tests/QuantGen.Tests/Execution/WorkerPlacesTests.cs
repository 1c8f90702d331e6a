using QuantGen.Execution;

namespace QuantGen.Tests.Execution;

public sealed class WorkerPlacesTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void A_worker_that_finds_itself_where_another_is_moves_and_stays_free(int first, int second)
    {
        if (!OperatingSystem.IsLinux() || Environment.ProcessorCount < 2)
        {
            // Nothing is promised there but that nothing fails.
            var elsewhere = new WorkerPlaces(2);
            elsewhere.Claim(first);
            elsewhere.Claim(second);
            Assert.InRange(elsewhere.ProcessorOf(second), -1, int.MaxValue);
            return;
        }

        string before = AllowedProcessors();
        var places = new WorkerPlaces(2);

        // One thread plays both, so that they certainly meet.
        places.Claim(first);
        places.Claim(second);

        Assert.InRange(places.ProcessorOf(0), 0, int.MaxValue);
        Assert.InRange(places.ProcessorOf(1), 0, int.MaxValue);
        Assert.NotEqual(places.ProcessorOf(0), places.ProcessorOf(1));
        Assert.Equal(before, AllowedProcessors());
    }

    [Fact]
    public void More_workers_than_processors_share_without_an_error()
    {
        int workers = Environment.ProcessorCount + 3;
        var places = new WorkerPlaces(workers);
        for (int worker = 0; worker < workers; worker++)
        {
            places.Claim(worker);
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
}
