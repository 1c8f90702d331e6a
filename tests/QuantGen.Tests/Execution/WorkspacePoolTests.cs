using QuantGen.Execution;
using QuantGen.Linear;

namespace QuantGen.Tests.Execution;

public sealed class WorkspacePoolTests : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(1);
    private readonly WeightArena _weights = new(64);
    private readonly ManualClock _clock = new();

    public void Dispose() => _weights.Dispose();

    [Fact]
    public void Workspaces_that_no_call_needs_are_freed_but_for_the_last_used()
    {
        using WorkspacePool pool = Pool(capacity: 4);
        Workspace[] rented = [.. Enumerable.Range(0, 4).Select(_ => pool.Rent(hasTurn: false, default, out int _))];
        pool.Return(rented[0], hasTurn: false);
        Assert.Equal(0, _clock.SetTimers);
        pool.Return(rented[1], hasTurn: false);
        _clock.Advance(WorkspacePool.IdleTime / 2);
        pool.Return(rented[2], hasTurn: false);
        pool.Return(rented[3], hasTurn: false);
        Assert.Equal(4, pool.IdleCount);

        // The first two have waited long enough; the others half as long.
        _clock.Advance(WorkspacePool.IdleTime / 2);
        Assert.Equal(2, pool.IdleCount);
        Assert.Equal([true, true, false, false], rented.Select(IsFreed));
        _clock.Advance(WorkspacePool.IdleTime / 2);
        Assert.Equal(1, pool.IdleCount);
        Assert.Equal(0, _clock.SetTimers);
        _clock.Advance(100 * WorkspacePool.IdleTime);
        Assert.Equal([true, true, true, false], rented.Select(IsFreed));
        Assert.Same(rented[3], pool.Rent(hasTurn: false, default, out int calls));
        Assert.Equal(1, calls);
        pool.Return(rented[3], hasTurn: false);
    }

    [Fact]
    public void Workspaces_that_are_used_stay()
    {
        using WorkspacePool pool = Pool(capacity: 2);
        for (int i = 0; i < 5; i++)
        {
            Workspace first = pool.Rent(hasTurn: false, default, out _);
            Workspace second = pool.Rent(hasTurn: false, default, out _);
            pool.Return(first, hasTurn: false);
            pool.Return(second, hasTurn: false);
            _clock.Advance(WorkspacePool.IdleTime * 0.9);
            Assert.Equal(2, pool.IdleCount);
        }
    }

    [Fact]
    public async Task A_call_that_waits_for_a_workspace_can_be_cancelled()
    {
        using WorkspacePool pool = Pool(capacity: 1);
        Workspace rented = pool.Rent(hasTurn: false, default, out _);
        using var cancellation = new CancellationTokenSource();
        Task waiting = Task.Run(() => pool.Rent(hasTurn: false, cancellation.Token, out _));
        Task asynchronous = pool.WaitForTurnAsync(cancellation.Token);
        Assert.False(asynchronous.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(s_long));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asynchronous.WaitAsync(s_long));

        pool.Return(rented, hasTurn: false);
        Assert.Same(rented, pool.Rent(hasTurn: false, default, out _));
        pool.Return(rented, hasTurn: false);
    }

    [Fact]
    public async Task A_turn_is_one_of_the_concurrent_calls()
    {
        using WorkspacePool pool = Pool(capacity: 1);
        await pool.WaitForTurnAsync(default).WaitAsync(s_long);
        Task next = pool.WaitForTurnAsync(default);
        Workspace workspace = pool.Rent(hasTurn: true, default, out _);
        pool.Return(workspace, hasTurn: true);
        Assert.False(next.IsCompleted);
        pool.EndTurn();
        await next.WaitAsync(s_long);
        pool.EndTurn();
    }

    [Fact]
    public async Task All_that_wait_find_the_session_disposed_of()
    {
        WorkspacePool pool = Pool(capacity: 1);
        Workspace rented = pool.Rent(hasTurn: false, default, out _);
        Task[] waiting = [.. Enumerable.Range(0, 3).Select(_ => pool.WaitForTurnAsync(default)), Task.Run(() => pool.Rent(hasTurn: false, default, out _))];
        pool.Dispose();
        foreach (Task task in waiting)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => task.WaitAsync(s_long));
        }

        pool.Return(rented, hasTurn: false);
        Assert.True(IsFreed(rented));
        Assert.Throws<ObjectDisposedException>(() => pool.Rent(hasTurn: false, default, out _));
    }

    private static unsafe bool IsFreed(Workspace workspace) => workspace.Pass.IsFreed;

    private WorkspacePool Pool(int capacity) => new(
        () => new Workspace(new TeamProgram(phases: 1, items: 1), [_weights], 1, new WorkerTeam(1), PassPages.OfThisSystem), capacity, _clock);
}
