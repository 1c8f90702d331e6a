using QuantGen.Execution;
using QuantGen.Linear;

namespace QuantGen.Tests.Execution;

/// <summary>Sessions of a process share one team of threads, and its budget.</summary>
public sealed class TeamBudgetTests
{
    [Fact]
    public void A_pass_is_lent_what_is_left_and_runs_alone_when_that_is_nothing()
    {
        var team = new WorkerTeam(4);
        using TeamMember member = team.Join(4);
        var passes = Enumerable.Range(0, 5).Select(_ => new SharedPass(4)).ToArray();
        Assert.Equal(4, team.Lend(passes[0], workers: 4));
        Assert.Equal(1, team.Lend(passes[1], workers: 4));
        team.TakeBack(passes[0]);
        Assert.Equal(2, team.Lend(passes[2], workers: 2));
        Assert.Equal(1, team.Lend(passes[3], workers: 4));
        Assert.Equal(1, team.Lend(passes[4], workers: 4));
        foreach (SharedPass pass in passes[1..])
        {
            team.TakeBack(pass);
        }

        Assert.Equal(4, team.Lend(passes[1], workers: 9));
        team.TakeBack(passes[1]);
        Assert.Equal(3, team.ThreadCount);
    }

    [Fact]
    public void Sessions_share_threads_however_many_there_are()
    {
        var team = new WorkerTeam(2);
        var options = new LoadOptions { Threads = 2, ConcurrentCalls = 64, Team = team };
        var sessions = new List<InferenceSession>();
        for (int i = 0; i < 6; i++)
        {
            sessions.Add(SessionModel.Load(new FakeProgram(SessionModel.Spec(BertHead.Regression)), options));
            sessions[i].Run(new int[32], new byte[32], [16, 16], new float[2]);
        }

        Assert.Equal(1, team.ThreadCount);
        sessions.ForEach(session => session.Dispose());
        Assert.Equal(0, team.ThreadCount);
    }

    [Fact]
    public void The_member_with_the_most_threads_sets_the_budget_while_it_stays()
    {
        var team = new WorkerTeam(2);
        TeamMember small = team.Join(1);
        TeamMember large = team.Join(5);
        var pass = new SharedPass(9);
        Assert.Equal(5, team.Lend(pass, workers: 9));
        team.TakeBack(pass);
        large.Dispose();
        large.Dispose();
        Assert.Equal(2, team.Lend(pass, workers: 9));
        team.TakeBack(pass);
        Assert.Equal(4, team.ThreadCount);
        small.Dispose();
        Assert.Equal(0, team.ThreadCount);
    }

    [Fact]
    public void The_team_of_the_process_has_a_thread_for_every_processor()
    {
        Assert.Same(WorkerTeam.Shared, new LoadOptions().Team);
        Assert.Equal(Environment.ProcessorCount, new LoadOptions().Threads);
        using TeamMember member = WorkerTeam.Shared.Join(1);
        var pass = new SharedPass(4096);
        Assert.InRange(WorkerTeam.Shared.Lend(pass, workers: 4096), 1, Math.Max(Environment.ProcessorCount, 64));
        WorkerTeam.Shared.TakeBack(pass);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Passes_that_share_threads_never_share_the_buffers_of_a_worker(int budget)
    {
        const int Callers = 3;
        const int Phases = 7;
        const int Items = 11;
        long[] expected = Results(Phases, Items);
        var team = new WorkerTeam(budget);
        using TeamMember member = team.Join(budget);
        Parallel.For(0, Callers, new ParallelOptions { MaxDegreeOfParallelism = Callers }, _ =>
        {
            // Threads wander between callers, and some leave late: no two of them may be the same worker at the same time.
            int[] busy = new int[budget];
            var program = new TeamProgram(Phases, Items);
            program.Also = (_, _, worker) =>
            {
                Assert.Equal(1, Interlocked.Increment(ref busy[worker]));
                Thread.SpinWait(20);
                Interlocked.Decrement(ref busy[worker]);
            };
            using var weights = new WeightArena(64);
            using var workspace = new Workspace(program, [weights], budget, team, PassPages.OfThisSystem);
            for (int run = 0; run < 300; run++)
            {
                program.Reset();
                workspace.Run(1 + (run % budget));
                Assert.All(program.Runs, runs => Assert.Equal(1, runs));
                Assert.Equal(expected, program.Results);
            }
        });
        Assert.InRange(team.ThreadCount, 0, budget - 1);
    }

    private static long[] Results(int phases, int items)
    {
        var program = new TeamProgram(phases, items);
        using var weights = new WeightArena(64);
        using var workspace = new Workspace(program, [weights], 1, new WorkerTeam(1), PassPages.OfThisSystem);
        workspace.Run(workers: 1);
        return program.Results;
    }
}
