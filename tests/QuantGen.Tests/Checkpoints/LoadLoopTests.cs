using QuantGen.Files;

namespace QuantGen.Tests.Checkpoints;

public sealed class LoadLoopTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_cancelled_loop_ends_before_its_next_items(int threads)
    {
        using var cancellation = new CancellationTokenSource();
        int runs = 0;
        void Run(int item)
        {
            Interlocked.Increment(ref runs);
            cancellation.Cancel();
        }

        var e = Assert.ThrowsAny<OperationCanceledException>(() => LoadLoop.Run(threads, 1000, Run, cancellation.Token));
        Assert.Equal(cancellation.Token, e.CancellationToken);
        Assert.InRange(runs, 1, threads);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_item_runs_once_and_the_first_failure_is_thrown(int threads)
    {
        int[] runs = new int[100];
        LoadLoop.Run(threads, runs.Length, item => Interlocked.Increment(ref runs[item]));
        Assert.All(runs, count => Assert.Equal(1, count));
        var e = Assert.Throws<InvalidDataException>(() => LoadLoop.Run(threads, 100, item =>
        {
            if (item >= 40)
            {
                throw new InvalidDataException("item " + item);
            }
        }));
        Assert.Equal("item 40", e.Message);
    }
}
