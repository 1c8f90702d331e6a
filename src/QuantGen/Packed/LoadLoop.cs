namespace QuantGen.Packed;

/// <summary>Runs the independent parts of loading a model on several threads.</summary>
internal static class LoadLoop
{
    /// <summary>Runs every item once; each thread takes the next one when it is done with its last.</summary>
    /// <param name="threads">The most threads, the calling one included.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="run">Runs one item; long ones had better come first.</param>
    public static void Run(int threads, int items, Action<int> run)
    {
        int workers = Math.Min(threads, items);
        if (workers <= 1)
        {
            for (int i = 0; i < items; i++)
            {
                run(i);
            }

            return;
        }

        int next = -1;
        Parallel.For(0, workers, _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < items; i = Interlocked.Increment(ref next))
            {
                run(i);
            }
        });
    }
}
