namespace QuantGen.Execution;

/// <summary>A number that threads wait for to change: they spin for a while, because that is most often enough, and then let others live.</summary>
internal sealed class SpinGate
{
    /// <summary>Microseconds to wait for work from elsewhere, which may never come.</summary>
    public const int ForWork = 30;

    /// <summary>
    /// Microseconds to wait for others in the middle of a pass, which all finish in about the same time: waking a sleeper up would take longer.
    /// </summary>
    public const int WithinPass = 1000;

    private const int SpinsPerRound = 2;
    private readonly object _monitor = new();
    private readonly Sleepers _asleep;
    private readonly int _rounds;
    private int _value;
    private int _sleepers;

    /// <summary>Creates a gate with the number 0.</summary>
    /// <param name="microseconds">About how long to spin before sleeping.</param>
    /// <param name="threads">How many threads may wait at the same time.</param>
    public SpinGate(int microseconds, int threads = 1)
    {
        _asleep = new Sleepers(threads);

        // Thread.SpinWait's unit is some 37 ns on every machine; with one processor nobody could change the number meanwhile.
        _rounds = Environment.ProcessorCount > 1 ? microseconds * 27 / SpinsPerRound : 0;
    }

    /// <summary>Gets the number.</summary>
    public int Value => Volatile.Read(ref _value);

    /// <summary>Changes the number and wakes those who wait for it. Everything written before is visible to them.</summary>
    public void Set(int value)
    {
        // The exchange is a full fence: either this thread sees the sleeper, or the sleeper sees the new number.
        Interlocked.Exchange(ref _value, value);
        Wake();
    }

    /// <summary>Adds 1 to the number, whoever else does so at the same time, and wakes those who wait for it, as <see cref="Set"/> does.</summary>
    public void Advance()
    {
        Interlocked.Increment(ref _value);
        Wake();
    }

    /// <summary>Waits until the number differs from <paramref name="old"/>.</summary>
    /// <param name="old">The number.</param>
    /// <param name="thread">The calling thread, when it is one of ours.</param>
    /// <returns>The number found.</returns>
    public int WaitWhile(int old, OwnThread? thread = null)
    {
        for (int round = 0; round < _rounds; round++)
        {
            int value = Volatile.Read(ref _value);
            if (value != old)
            {
                return value;
            }

            Thread.SpinWait(SpinsPerRound);
        }

        return Sleep(old, thread);
    }

    private void Wake()
    {
        if (Volatile.Read(ref _sleepers) != 0)
        {
            lock (_monitor)
            {
                _asleep.SendElsewhere();
                Monitor.PulseAll(_monitor);
            }
        }
    }

    private int Sleep(int old, OwnThread? thread)
    {
        lock (_monitor)
        {
            Interlocked.Increment(ref _sleepers);
            int place = _asleep.Add(thread);
            int value;
            while ((value = Volatile.Read(ref _value)) == old)
            {
                Monitor.Wait(_monitor);
            }

            _asleep.Remove(place);
            Interlocked.Decrement(ref _sleepers);
            return value;
        }
    }
}
