namespace QuantGen.Execution;

/// <summary>A background thread of a <see cref="WorkerTeam"/>: it sleeps until it is called to a pass, takes part, and sleeps again.</summary>
internal sealed class TeamThread
{
    private const int Stop = -1;
    private readonly SpinGate _calls = new(SpinGate.ForWork);
    private readonly Thread _thread;
    private SharedPass? _pass;
    private int _call;

    /// <summary>Creates and starts the thread.</summary>
    public TeamThread()
    {
        _thread = new Thread(Serve) { IsBackground = true, Name = "QuantGen worker" };
        _thread.Start();
    }

    /// <summary>Gets or sets the pass the thread was last lent to; when it is another, the thread leaves the one before as soon as it holds no item of
    /// it.</summary>
    public SharedPass? Pass
    {
        get => Volatile.Read(ref _pass);
        set => Volatile.Write(ref _pass, value);
    }

    /// <summary>Gets or sets whether the thread is lent; the team's lock guards it.</summary>
    public bool IsLent { get; set; }

    /// <summary>Gets the thread as what may be moved; known to the thread itself, and to others after it has taken part once.</summary>
    public OwnThread? Self { get; private set; }

    /// <summary>Calls the thread to its pass. Only whom it is lent to may call.</summary>
    public void Call()
    {
        // Numbers of calls are never negative, so that none of them is the order to stop.
        _call = _call == int.MaxValue ? 1 : _call + 1;
        _calls.Set(_call);
    }

    /// <summary>Ends the thread, which nobody may call any more, without waiting for it.</summary>
    public void End() => _calls.Set(Stop);

    /// <summary>Waits until the thread has ended.</summary>
    public void Join() => _thread.Join();

    private void Serve()
    {
        Self = new OwnThread();
        int call = 0;
        while ((call = _calls.WaitWhile(call, Self)) != Stop)
        {
            Pass?.Join(this);
        }
    }
}
