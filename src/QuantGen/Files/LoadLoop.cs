using System.Runtime.ExceptionServices;

namespace QuantGen.Files;

/// <summary>Runs the independent parts of reading or making a model on several threads.</summary>
internal static class LoadLoop
{
    /// <summary>Runs every item once; each thread takes the next one when it is done with its last. Throws what the first item to fail throws.</summary>
    /// <param name="threads">The most threads, the calling one included.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="run">Runs one item; long ones had better come first.</param>
    /// <param name="cancellation">Ends the loop before its next items.</param>
    /// <exception cref="OperationCanceledException">The loop was cancelled before all items had run.</exception>
    public static void Run(int threads, int items, Action<int> run, CancellationToken cancellation = default)
    {
        int workers = Math.Min(threads, items);
        if (workers <= 1)
        {
            for (int i = 0; i < items; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                run(i);
            }

            return;
        }

        int next = -1;
        var failure = new Failure();
        Parallel.For(0, workers, _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < items && failure.Item > i; i = Interlocked.Increment(ref next))
            {
                try
                {
                    cancellation.ThrowIfCancellationRequested();
                    run(i);
                }
                catch (Exception e)
                {
                    failure.Record(i, e);
                }
            }
        });
        failure.Cause?.Throw();
    }

    // Items are taken in order, so all before one that fails do run: the first failure does not depend on timing.
    private sealed class Failure
    {
        private readonly Lock _gate = new();
        private volatile int _item = int.MaxValue;

        public int Item => _item;

        public ExceptionDispatchInfo? Cause { get; private set; }

        public void Record(int item, Exception cause)
        {
            lock (_gate)
            {
                if (item < _item)
                {
                    _item = item;
                    Cause = ExceptionDispatchInfo.Capture(cause);
                }
            }
        }
    }
}
