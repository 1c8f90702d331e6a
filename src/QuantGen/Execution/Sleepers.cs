namespace QuantGen.Execution;

/// <summary>The threads that sleep at a gate, so that whoever wakes them can send them to other processors than its own first.</summary>
/// <remarks>
/// Linux wakes a thread on the waker's processor when the one it slept on does not look idle, and in a virtual machine an idle processor does not: the
/// host has taken it away. Both threads then share one processor, and the other stays idle. All members need the gate's lock.
/// </remarks>
/// <param name="capacity">The most threads asleep at the same time; more are woken as the system likes.</param>
internal sealed class Sleepers(int capacity)
{
    private readonly Sleeper[] _places = new Sleeper[capacity];
    private readonly byte[] _allowed = new byte[capacity * Processors.SetBytes];

    /// <summary>Adds the calling thread.</summary>
    /// <returns>The place that <see cref="Remove"/> wants; -1 when none is free or threads cannot be moved.</returns>
    public int Add()
    {
        for (int place = 0; Processors.IsSupported && place < _places.Length; place++)
        {
            if (_places[place].Thread == 0)
            {
                bool isKnown = Processors.GetAllowed(AllowedOf(place));
                _places[place] = new Sleeper(isKnown ? Processors.Thread() : 0, false);
                return isKnown ? place : -1;
            }
        }

        return -1;
    }

    /// <summary>Makes all threads wake up elsewhere than on the processor of the caller, where they may.</summary>
    public void SendElsewhere()
    {
        int here = Processors.IsSupported ? Processors.Here() : -1;
        Span<byte> others = stackalloc byte[Processors.SetBytes];
        for (int i = 0; i < _places.Length; i++)
        {
            ref Sleeper sleeper = ref _places[i];
            if (sleeper.Thread != 0)
            {
                AllowedOf(i).CopyTo(others);
                Processors.Remove(others, here);
                sleeper.IsSent = Processors.Allow(sleeper.Thread, others);
            }
        }
    }

    /// <summary>Removes the calling thread, which is awake, and lets it run again wherever it might before.</summary>
    public void Remove(int place)
    {
        if (place >= 0)
        {
            if (_places[place].IsSent)
            {
                Processors.Allow(0, AllowedOf(place));
            }

            _places[place] = default;
        }
    }

    private Span<byte> AllowedOf(int place) => _allowed.AsSpan(place * Processors.SetBytes, Processors.SetBytes);

    private record struct Sleeper(int Thread, bool IsSent);
}
