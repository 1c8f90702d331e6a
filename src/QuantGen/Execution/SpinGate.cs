namespace QuantGen.Execution;

/// <summary>A number that threads wait for to change: they spin for some tens of microseconds, because phases are short, and then let others live.</summary>
internal sealed class SpinGate
{
    // Thread.SpinWait's unit is some 37 ns on every machine, so this is about 30 microseconds; with one processor nobody could change the number meanwhile.
    private static readonly int s_rounds = Environment.ProcessorCount > 1 ? 400 : 0;
    private const int SpinsPerRound = 2;

    private readonly object _monitor = new();
    private int _value;
    private int _sleepers;

    /// <summary>Gets the number.</summary>
    public int Value => Volatile.Read(ref _value);

    /// <summary>Changes the number and wakes those who wait for it. Everything written before is visible to them.</summary>
    public void Set(int value)
    {
        // The exchange is a full fence: either this thread sees the sleeper, or the sleeper sees the new number.
        Interlocked.Exchange(ref _value, value);
        if (Volatile.Read(ref _sleepers) != 0)
        {
            lock (_monitor)
            {
                Monitor.PulseAll(_monitor);
            }
        }
    }

    /// <summary>Waits until the number differs from <paramref name="old"/>.</summary>
    /// <returns>The number found.</returns>
    public int WaitWhile(int old)
    {
        for (int round = 0; round < s_rounds; round++)
        {
            int value = Volatile.Read(ref _value);
            if (value != old)
            {
                return value;
            }

            Thread.SpinWait(SpinsPerRound);
        }

        return Sleep(old);
    }

    private int Sleep(int old)
    {
        lock (_monitor)
        {
            Interlocked.Increment(ref _sleepers);
            int value;
            while ((value = Volatile.Read(ref _value)) == old)
            {
                Monitor.Wait(_monitor);
            }

            Interlocked.Decrement(ref _sleepers);
            return value;
        }
    }
}
