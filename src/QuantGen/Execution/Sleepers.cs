namespace QuantGen.Execution;

/// <summary>The threads of ours that sleep at a gate, so that whoever wakes them can send them to other processors than its own first.</summary>
/// <remarks>
/// Linux wakes a thread on the waker's processor when the one it slept on does not look idle, and in a virtual machine an idle processor does not: the
/// host has taken it away. Both threads then share one processor, and the other stays idle. All members need the gate's lock.
/// </remarks>
/// <param name="capacity">The most threads asleep at the same time; more are woken as the system likes.</param>
internal sealed class Sleepers(int capacity)
{
    private readonly OwnThread?[] _threads = new OwnThread?[capacity];
    private readonly bool[] _isSent = new bool[capacity];

    /// <summary>Adds the calling thread.</summary>
    /// <param name="thread">The calling thread, when it is one of ours; those of callers are woken as the system likes.</param>
    /// <returns>The place that <see cref="Remove"/> wants; -1 when none is free or the thread cannot be moved.</returns>
    public int Add(OwnThread? thread)
    {
        for (int place = 0; thread is { IsMovable: true } && place < _threads.Length; place++)
        {
            if (_threads[place] is null)
            {
                _threads[place] = thread;
                return place;
            }
        }

        return -1;
    }

    /// <summary>Makes all threads wake up elsewhere than on the processor of the caller, where they may.</summary>
    public void SendElsewhere()
    {
        int here = Processors.IsSupported ? Processors.Here() : -1;
        for (int place = 0; place < _threads.Length; place++)
        {
            if (_threads[place] is OwnThread thread)
            {
                _isSent[place] = thread.KeepOff(here);
            }
        }
    }

    /// <summary>Removes the calling thread, which is awake, and lets it run again wherever it might before.</summary>
    /// <param name="place">What <see cref="Add"/> returned.</param>
    public void Remove(int place)
    {
        if (place >= 0)
        {
            if (_isSent[place])
            {
                _threads[place]!.Free();
            }

            _isSent[place] = false;
            _threads[place] = null;
        }
    }
}
