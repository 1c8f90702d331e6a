using System.Runtime.CompilerServices;
using QuantGen.Trainable;

namespace QuantGen.Tests.Trainable;

public sealed class TrainingTeamTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_item_runs_once(int workers)
    {
        using var team = new TrainingTeam(workers);
        for (int i = 0; i < 100; i++)
        {
            int[] runs = new int[37];
            team.Run(new Job((item, worker) =>
            {
                Assert.InRange(worker, 0, workers - 1);
                Interlocked.Increment(ref runs[item]);
            }), runs.Length);
            Assert.All(runs, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void Threads_of_a_team_that_nobody_disposed_of_end()
    {
        Thread[] threads = [.. RunAndForget().Where(thread => thread != Thread.CurrentThread)];
        Assert.Equal(2, threads.Length);
        for (int i = 0; i < 50 && threads.Any(t => t.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            threads[0].Join(TimeSpan.FromMilliseconds(100));
        }

        Assert.All(threads, thread => Assert.False(thread.IsAlive));
    }

    [Fact]
    public void Disposing_ends_the_threads_and_refuses_later_jobs()
    {
        var team = new TrainingTeam(3);
        Thread[] threads = ThreadsOf(team);
        team.Dispose();
        team.Dispose();
        Assert.All(threads.Where(thread => thread != Thread.CurrentThread), thread => Assert.False(thread.IsAlive));
        Assert.Throws<ObjectDisposedException>(() => team.Run(new Job((_, _) => { }), 3));
    }

    [Fact]
    public void An_exception_reaches_the_caller_and_the_team_goes_on()
    {
        using var team = new TrainingTeam(3);
        Assert.Throws<InvalidDataException>(() => team.Run(new Job((item, _) =>
        {
            if (item == 4)
            {
                throw new InvalidDataException();
            }
        }), 9));
        int runs = 0;
        team.Run(new Job((_, _) => Interlocked.Increment(ref runs)), 9);
        Assert.Equal(9, runs);
    }

    [Fact]
    public void A_team_that_cannot_be_made_is_collected_without_harm()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingTeam(-1));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var team = new TrainingTeam(2);
        Assert.Equal(2, team.Workers);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Thread[] RunAndForget() => ThreadsOf(new TrainingTeam(3));

    private static Thread[] ThreadsOf(TrainingTeam team)
    {
        var threads = new System.Collections.Concurrent.ConcurrentDictionary<Thread, int>();
        using var everybody = new Barrier(3);
        team.Run(new Job((_, worker) =>
        {
            threads[Thread.CurrentThread] = worker;
            Assert.True(everybody.SignalAndWait(s_long));
        }), 3);
        return [.. threads.Keys];
    }

    private readonly struct Job(Action<int, int> run) : ITeamJob
    {
        public void Run(int item, int worker) => run(item, worker);
    }
}
