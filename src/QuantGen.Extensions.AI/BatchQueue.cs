namespace QuantGen.Extensions.AI;

/// <summary>Joins the calls of concurrent callers to batches: what arrives while all turns are taken is computed together, as soon as one is free.</summary>
/// <remarks>Nobody waits for a batch to fill: a call that finds a free turn is computed at once, alone.</remarks>
/// <typeparam name="TInput">What one text of a call is.</typeparam>
/// <typeparam name="TOutput">What becomes of it.</typeparam>
internal sealed class BatchQueue<TInput, TOutput>
{
    private readonly Func<IReadOnlyList<TInput>, CancellationToken, IReadOnlyList<TOutput>> _compute;
    private readonly int _mostItems;
    private readonly int _mostBatches;
    private readonly Lock _lock = new();
    private readonly Queue<Call> _waiting = new();
    private int _running;

    /// <summary>Creates a queue.</summary>
    /// <param name="compute">Computes a batch on a thread of the pool; whom a text belongs to must make no difference to its result.</param>
    /// <param name="mostItems">The most texts of several calls that are joined.</param>
    /// <param name="mostBatches">The most batches at the same time.</param>
    public BatchQueue(Func<IReadOnlyList<TInput>, CancellationToken, IReadOnlyList<TOutput>> compute, int mostItems, int mostBatches)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostItems, 1, nameof(ModelServiceOptions.MaxBatchTexts));
        ArgumentOutOfRangeException.ThrowIfLessThan(mostBatches, 1, nameof(ModelServiceOptions.ConcurrentBatches));
        _compute = compute;
        _mostItems = mostItems;
        _mostBatches = mostBatches;
    }

    /// <summary>Computes the texts of a call.</summary>
    /// <returns>An output for each, in order. A cancelled task ends at once, even while its batch is computed for others.</returns>
    public Task<IReadOnlyList<TOutput>> RunAsync(IReadOnlyList<TInput> inputs, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<IReadOnlyList<TOutput>>(cancellation);
        }

        if (inputs.Count == 0)
        {
            return Task.FromResult<IReadOnlyList<TOutput>>([]);
        }

        var call = new Call(inputs, cancellation);
        bool isFree;
        lock (_lock)
        {
            _waiting.Enqueue(call);
            isFree = _running < _mostBatches;
            _running += isFree ? 1 : 0;
        }

        if (isFree)
        {
            // Without the caller's context: the thread goes on with calls of others.
            ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.Work(), this, preferLocal: false);
        }

        return call.Result;
    }

    private void Work()
    {
        while (Next() is List<Call> batch)
        {
            Compute(batch);
        }
    }

    private List<Call>? Next()
    {
        lock (_lock)
        {
            List<Call>? batch = null;
            int items = 0;
            while (_waiting.TryPeek(out Call? call) && (batch is null || call.Result.IsCompleted || items + call.Inputs.Count <= _mostItems))
            {
                _waiting.Dequeue();
                if (!call.Result.IsCompleted)
                {
                    (batch ??= []).Add(call);
                    items += call.Inputs.Count;
                }
            }

            _running -= batch is null ? 1 : 0;
            return batch;
        }
    }

    private void Compute(List<Call> batch)
    {
        using var everyoneLeft = new CancellationTokenSource();
        int left = batch.Count;
        CancellationTokenRegistration[] leavings =
        [
            .. batch.Select(call => call.Cancellation.UnsafeRegister(
                _ =>
                {
                    if (Interlocked.Decrement(ref left) == 0)
                    {
                        everyoneLeft.Cancel();
                    }
                },
                null)),
        ];
        try
        {
            IReadOnlyList<TOutput> outputs =
                _compute(batch.Count == 1 ? batch[0].Inputs : [.. batch.SelectMany(call => call.Inputs)], everyoneLeft.Token);
            int first = 0;
            foreach (Call call in batch)
            {
                call.Succeed([.. outputs.Skip(first).Take(call.Inputs.Count)]);
                first += call.Inputs.Count;
            }
        }
        catch (OperationCanceledException) when (everyoneLeft.IsCancellationRequested)
        {
            // The tasks of all callers are cancelled already.
        }
        catch (Exception) when (batch.Count > 1)
        {
            // A text that cannot be computed is an error of its own caller, and of nobody else.
            foreach (Call call in batch.Where(call => !call.Result.IsCompleted))
            {
                Compute([call]);
            }
        }
        catch (Exception error)
        {
            batch[0].Fail(error);
        }
        finally
        {
            foreach (CancellationTokenRegistration leaving in leavings)
            {
                leaving.Dispose();
            }
        }
    }

    private sealed class Call
    {
        private readonly TaskCompletionSource<IReadOnlyList<TOutput>> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenRegistration _leaving;

        public Call(IReadOnlyList<TInput> inputs, CancellationToken cancellation)
        {
            Inputs = inputs;
            Cancellation = cancellation;
            _leaving = cancellation.UnsafeRegister(_ => _result.TrySetCanceled(cancellation), null);
        }

        public IReadOnlyList<TInput> Inputs { get; }

        public CancellationToken Cancellation { get; }

        public Task<IReadOnlyList<TOutput>> Result => _result.Task;

        public void Succeed(IReadOnlyList<TOutput> outputs)
        {
            _leaving.Unregister();
            _result.TrySetResult(outputs);
        }

        public void Fail(Exception error)
        {
            _leaving.Unregister();
            _result.TrySetException(error);
        }
    }
}
