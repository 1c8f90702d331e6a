using QuantGen.Execution;
using QuantGen.Linear;

namespace QuantGen.Tests.Execution;

public sealed class WorkerTeamTests
{
    private const int Phases = 9;
    private const int Items = 23;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(16)]
    public void Every_item_runs_once_and_phases_do_not_overlap(int workers)
    {
        long[] expected = Results(workers: 1);
        var program = new TeamProgram(Phases, Items);
        using var pass = new Passes(program, workers);
        using var team = new Team(workers);
        for (int i = 0; i < 200; i++)
        {
            program.Reset();
            team.Run(program, pass.Pass, workers);
            Assert.All(program.Runs, runs => Assert.Equal(1, runs));
            Assert.Equal(expected, program.Results);
        }
    }

    [Fact]
    public void Budgets_may_change_from_job_to_job()
    {
        long[] expected = Results(workers: 1);
        var program = new TeamProgram(Phases, Items);
        using var pass = new Passes(program, workers: 8);
        using var team = new Team(8);
        for (int i = 0; i < 600; i++)
        {
            // More threads than most machines have processors, so that some wake up when their job is over and another one with a smaller budget runs.
            int budget = 1 + (i * 7 % 8);
            program.Also = (_, _, worker) => Assert.InRange(worker, 0, budget - 1);
            program.Reset();
            team.Run(program, pass.Pass, budget);
            Assert.All(program.Runs, runs => Assert.Equal(1, runs));
            Assert.Equal(expected, program.Results);
        }
    }

    [Fact]
    public void Workers_sleep_while_a_phase_is_long_and_wake_again()
    {
        var workers = new Thread?[3];
        int arrived = 0;
        var program = new TeamProgram(phases: 3, items: 3);
        program.Also = (phase, item, worker) =>
        {
            workers[worker] = Thread.CurrentThread;
            Interlocked.Increment(ref arrived);
            Await(() => Volatile.Read(ref arrived) >= 3 * (phase + 1));
            if (item == 0)
            {
                AwaitSleep(workers);
            }
        };
        using var pass = new Passes(program, workers: 3);
        using var team = new Team(3);
        for (int i = 0; i < 5; i++)
        {
            arrived = 0;
            program.Reset();
            team.Run(program, pass.Pass, workers: 3);
            Assert.All(program.Runs, runs => Assert.Equal(1, runs));
        }
    }

    [Fact]
    public void All_workers_of_the_budget_take_part()
    {
        using var everybody = new Barrier(3);
        var program = new TeamProgram(phases: 2, items: 3) { Also = (_, _, _) => Assert.True(everybody.SignalAndWait(TimeSpan.FromMinutes(1))) };
        using var pass = new Passes(program, workers: 3);
        using var team = new Team(3);
        team.Run(program, pass.Pass, workers: 3);
        Assert.All(program.Runs, runs => Assert.Equal(1, runs));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(Phases - 1)]
    public void Exceptions_of_any_worker_reach_the_caller_and_the_team_goes_on(int failing)
    {
        var program = new TeamProgram(Phases, Items);
        using var pass = new Passes(program, workers: 3);
        using var team = new Team(3);
        for (int i = 0; i < 20; i++)
        {
            int item = i;
            program.Also = (phase, at, _) =>
            {
                if (phase == failing && at == item)
                {
                    throw new InvalidDataException("item " + item);
                }
            };
            InvalidDataException e = Assert.Throws<InvalidDataException>(() => team.Run(program, pass.Pass, workers: 3));
            Assert.Equal("item " + item, e.Message);
        }

        program.Also = null;
        program.Reset();
        team.Run(program, pass.Pass, workers: 3);
        Assert.Equal(Results(workers: 1), program.Results);
    }

    [Fact]
    public void Later_phases_do_not_run_after_an_exception()
    {
        var program = new TeamProgram(Phases, Items)
        {
            Also = (phase, _, _) =>
            {
                if (phase == 2)
                {
                    throw new InvalidDataException();
                }
            },
        };
        using var pass = new Passes(program, workers: 2);
        using var team = new Team(2);
        Assert.Throws<InvalidDataException>(() => team.Run(program, pass.Pass, workers: 2));
        Assert.All(program.Runs.Skip(2 * Items), runs => Assert.Equal(0, runs));
    }

    [Fact]
    public void A_program_without_phases_or_items_is_done_at_once()
    {
        foreach ((int phases, int items) in new[] { (0, 3), (3, 0) })
        {
            var program = new TeamProgram(phases, items);
            using var pass = new Passes(program, workers: 2);
            using var team = new Team(2);
            team.Run(program, pass.Pass, workers: 2);
            Assert.Empty(program.Runs);
        }
    }

    [Fact]
    public void Disposing_ends_the_threads()
    {
        var threads = new System.Collections.Concurrent.ConcurrentDictionary<int, Thread>();
        using var everybody = new Barrier(3);
        var program = new TeamProgram(phases: 1, items: 3)
        {
            Also = (_, _, worker) =>
            {
                threads[worker] = Thread.CurrentThread;
                Assert.True(everybody.SignalAndWait(TimeSpan.FromMinutes(1)));
            },
        };
        using var pass = new Passes(program, workers: 3);
        var team = new Team(3);
        team.Run(program, pass.Pass, workers: 3);
        Assert.Equal([0, 1, 2], threads.Keys.Order());
        Assert.Same(Thread.CurrentThread, threads[0]);
        team.Dispose();
        Assert.All([threads[1], threads[2]], thread =>
        {
            Assert.False(thread.IsAlive);
        });
        team.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Jobs_allocate_nothing_on_any_thread(int workers)
    {
        long[] allocated = new long[workers];
        var threads = new Thread?[workers];
        int arrived = 0;
        var program = new TeamProgram(phases: 4, items: workers);
        program.Also = (phase, item, worker) =>
        {
            allocated[worker] = AllocatedBytes.OfThisThread;
            threads[worker] ??= Thread.CurrentThread;

            // Everybody takes one item, and in the second phase one waits until the others have fallen asleep.
            Interlocked.Increment(ref arrived);
            while (Volatile.Read(ref arrived) < workers * (phase + 1))
            {
                Thread.Yield();
            }

            if (phase == 1 && item == 0)
            {
                AwaitSleep(threads);
            }
        };
        using var pass = new Passes(program, workers);
        using var team = new Team(workers);
        for (int i = 0; i < 20; i++)
        {
            arrived = 0;
            team.Run(program, pass.Pass, workers);
        }

        long[] before = [.. allocated];
        for (int i = 0; i < 20; i++)
        {
            arrived = 0;
            team.Run(program, pass.Pass, workers);
        }

        // What the caller allocated in between is this test's own array.
        before[0] = allocated[0] = 0;
        Assert.Equal(before, allocated);
        long caller = AllocatedBytes.OfThisThread;
        arrived = 0;
        team.Run(program, pass.Pass, workers);
        Assert.Equal(caller, AllocatedBytes.OfThisThread);
    }

    // Until all workers but the calling one sleep at a gate, however long they spin before. Nothing else they do makes them sleep.
    private static void AwaitSleep(Thread?[] workers)
    {
        foreach (Thread? worker in workers)
        {
            while (worker != Thread.CurrentThread && (worker!.ThreadState & ThreadState.WaitSleepJoin) == 0)
            {
                Thread.Yield();
            }
        }
    }

    private static void Await(Func<bool> condition)
    {
        while (!condition())
        {
            Thread.Yield();
        }
    }

    private static long[] Results(int workers)
    {
        var program = new TeamProgram(Phases, Items);
        using var pass = new Passes(program, workers);
        using var team = new Team(workers);
        team.Run(program, pass.Pass, workers);
        return program.Results;
    }

    /// <summary>A team with one member, and the place of its passes.</summary>
    private sealed class Team(int workers) : IDisposable
    {
        private readonly TeamMember _member = new WorkerTeam(workers).Join(workers);
        private readonly SharedPass _shared = new(workers);

        public void Run(TeamProgram program, ForwardPass pass, int workers)
        {
            int lent = _member.Team.Lend(_shared, workers);
            try
            {
                // An assertion that succeeds allocates, too.
                if (lent != workers)
                {
                    Assert.Fail($"{lent} workers of {workers}");
                }

                _shared.Run(program, pass);
            }
            finally
            {
                _member.Team.TakeBack(_shared);
            }
        }

        public void Dispose() => _member.Dispose();
    }

    private sealed class Passes : IDisposable
    {
        private readonly WeightArena _weights = new(64);

        public Passes(TeamProgram program, int workers) => Pass = new ForwardPass(program, _weights, workers);

        public ForwardPass Pass { get; }

        public void Dispose()
        {
            Pass.Dispose();
            _weights.Dispose();
        }
    }
}
