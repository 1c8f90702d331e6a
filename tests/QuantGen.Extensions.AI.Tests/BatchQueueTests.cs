namespace QuantGen.Extensions.AI.Tests;

public sealed class BatchQueueTests
{
    [Fact]
    public async Task Calls_that_wait_are_computed_together_and_get_their_own_results()
    {
        using var gate = new Gate();
        var queue = new BatchQueue<int, int>(gate.Compute, mostItems: 5, mostBatches: 1);
        Task<IReadOnlyList<int>> first = queue.RunAsync([1], default);
        await gate.Entered.WaitAsync();
        Task<IReadOnlyList<int>>[] others = [queue.RunAsync([2, 3], default), queue.RunAsync([4, 5, 6], default), queue.RunAsync([7], default)];
        gate.Open();
        Assert.Equal([10], await first);
        Assert.Equal([20, 30], await others[0]);
        Assert.Equal([40, 50, 60], await others[1]);
        Assert.Equal([70], await others[2]);
        Assert.Equal([1, 5, 1], gate.Sizes);
    }

    [Fact]
    public async Task A_cancelled_call_ends_at_once_and_the_others_of_its_batch_go_on()
    {
        using var gate = new Gate();
        var queue = new BatchQueue<int, int>(gate.Compute, mostItems: 5, mostBatches: 1);
        using var cancellation = new CancellationTokenSource();
        Task<IReadOnlyList<int>> first = queue.RunAsync([1], default);
        await gate.Entered.WaitAsync();
        Task<IReadOnlyList<int>> waiting = queue.RunAsync([2], cancellation.Token);
        Task<IReadOnlyList<int>> other = queue.RunAsync([3], default);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(first.IsCompleted);
        gate.Open();
        Assert.Equal([30], await other);
        Assert.Equal([1, 1], gate.Sizes);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.RunAsync([1], cancellation.Token));
    }

    [Fact]
    public async Task A_batch_whose_callers_have_all_gone_is_ended()
    {
        var ended = new TaskCompletionSource();
        using var entered = new SemaphoreSlim(0);
        var queue = new BatchQueue<int, int>(
            (inputs, token) =>
            {
                entered.Release();
                token.WaitHandle.WaitOne();
                ended.SetResult();
                token.ThrowIfCancellationRequested();
                return inputs;
            },
            mostItems: 5,
            mostBatches: 1);
        using var cancellation = new CancellationTokenSource();
        Task<IReadOnlyList<int>> call = queue.RunAsync([1], cancellation.Token);
        await entered.WaitAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await ended.Task;
    }

    [Fact]
    public async Task An_error_is_that_of_its_caller_alone()
    {
        using var gate = new Gate();
        var queue = new BatchQueue<int, int>(gate.Compute, mostItems: 5, mostBatches: 1);
        Task<IReadOnlyList<int>> first = queue.RunAsync([1], default);
        await gate.Entered.WaitAsync();
        Task<IReadOnlyList<int>> wrong = queue.RunAsync([-2], default);
        Task<IReadOnlyList<int>> right = queue.RunAsync([3], default);
        gate.Open();
        Assert.Equal([10], await first);
        Assert.Equal([30], await right);
        await Assert.ThrowsAsync<ArgumentException>(() => wrong);
    }

    [Fact]
    public async Task No_texts_need_no_turn()
    {
        var queue = new BatchQueue<int, int>((_, _) => throw new InvalidOperationException(), mostItems: 1, mostBatches: 1);
        Assert.Empty(await queue.RunAsync([], default));
    }

    // Multiplies by ten, once it is opened; negative numbers are wrong.
    private sealed class Gate : IDisposable
    {
        private readonly ManualResetEventSlim _open = new();

        public SemaphoreSlim Entered { get; } = new(0);

        public List<int> Sizes { get; } = [];

        public void Open() => _open.Set();

        public IReadOnlyList<int> Compute(IReadOnlyList<int> inputs, CancellationToken cancellation)
        {
            Entered.Release();
            _open.Wait(CancellationToken.None);
            Sizes.Add(inputs.Count);
            return inputs.Any(input => input < 0) ? throw new ArgumentException("negative") : [.. inputs.Select(input => 10 * input)];
        }

        public void Dispose()
        {
            _open.Dispose();
            Entered.Dispose();
        }
    }
}
