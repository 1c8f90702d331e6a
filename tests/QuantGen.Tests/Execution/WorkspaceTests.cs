using System.Runtime.CompilerServices;
using QuantGen.Execution;
using QuantGen.Linear;

namespace QuantGen.Tests.Execution;

public sealed class WorkspaceTests
{
    // A finalizer that fails ends the process, so this test has no weaker form.
    [Fact]
    public void A_workspace_that_cannot_be_made_leaves_nothing_to_finalize_that_does_not_exist()
    {
        Fail();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var weights = new WeightArena(64);
        using var next = new Workspace(new TeamProgram(phases: 1, items: 1), [weights], 2, new WorkerTeam(2), PassPages.OfThisSystem);
        next.Run(workers: 2);
        Assert.Equal(0, next.Pass.TokenCount);
    }

    [Fact]
    public void A_call_whose_workspace_cannot_be_made_leaves_its_turn_to_the_next()
    {
        bool fails = true;
        var resource = new Resource();
        using var weights = new WeightArena(64);
        Workspace Make() => fails
            ? throw new OutOfMemoryException()
            : new Workspace(new TeamProgram(phases: 1, items: 1), [weights], 1, new WorkerTeam(1), PassPages.OfThisSystem);
        var pool = new WorkspacePool(Make, capacity: 1, TimeProvider.System, resource);
        Assert.Throws<OutOfMemoryException>(() => pool.Rent(hasTurn: false, default, out _));
        fails = false;
        pool.Return(pool.Rent(hasTurn: false, default, out int calls), hasTurn: false);
        Assert.Equal(1, calls);
        pool.Dispose();
        Assert.True(resource.IsDisposed);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fail()
    {
        using var weights = new WeightArena(64);
        var program = new TeamProgram(phases: 1, items: 1) { SharedBytes = long.MaxValue / 4 };
        Assert.Throws<OutOfMemoryException>(() => new Workspace(program, [weights], 2, new WorkerTeam(2), PassPages.OfThisSystem));
    }

    private sealed class Resource : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
