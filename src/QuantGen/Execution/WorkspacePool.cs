namespace QuantGen.Execution;

/// <summary>The workspaces of a session: made when needed, at most <c>capacity</c>, and freed when nobody has needed them for a while, all but one.</summary>
/// <remarks>Calls beyond the capacity wait. A session that is disposed of frees what is idle at once and the rest when the running calls return it.</remarks>
internal sealed class WorkspacePool : IDisposable
{
    /// <summary>How long a workspace is kept that no call needs.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    private readonly Func<Workspace> _make;
    private readonly IDisposable[] _resources;
    private readonly (Workspace Workspace, long Since)[] _idle;
    private readonly object _gate = new();
    private readonly SemaphoreSlim _turns;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private int _idleCount;
    private int _rented;
    private bool _isTimed;
    private bool _disposed;

    /// <summary>Creates an empty pool.</summary>
    /// <param name="make">Makes a workspace.</param>
    /// <param name="capacity">The most workspaces.</param>
    /// <param name="clock">Tells how long workspaces have been idle.</param>
    /// <param name="resources">What is disposed of, in order, when no workspace can use it any more.</param>
    public WorkspacePool(Func<Workspace> make, int capacity, TimeProvider clock, params IDisposable[] resources)
    {
        _make = make;
        _resources = resources;
        _idle = new (Workspace, long)[capacity];
        _turns = new SemaphoreSlim(capacity);
        _clock = clock;

        // Set when there is something to free; a timer must not keep a forgotten session alive.
        _timer = clock.CreateTimer(
            static pool => (((WeakReference<WorkspacePool>)pool!).TryGetTarget(out WorkspacePool? target) ? target : null)?.Trim(),
            new WeakReference<WorkspacePool>(this),
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gets how many workspaces wait for a call.</summary>
    public int IdleCount
    {
        get
        {
            lock (_gate)
            {
                return _idleCount;
            }
        }
    }

    /// <summary>Waits, without a thread, until a call may begin; <see cref="EndTurn"/> must follow.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed of.</exception>
    public async Task WaitForTurnAsync(CancellationToken cancellation)
    {
        await _turns.WaitAsync(cancellation).ConfigureAwait(false);
        RefuseWhenDisposed();
    }

    /// <summary>Lets the next call begin.</summary>
    public void EndTurn() => _turns.Release();

    /// <summary>Gets a workspace for one call; waits while all are in use.</summary>
    /// <param name="hasTurn">Whether the call has waited already.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="calls">How many calls are running, this one included.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed of.</exception>
    public Workspace Rent(bool hasTurn, CancellationToken cancellation, out int calls)
    {
        if (hasTurn)
        {
            cancellation.ThrowIfCancellationRequested();
        }
        else
        {
            _turns.Wait(cancellation);
            RefuseWhenDisposed();
        }

        try
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, typeof(InferenceSession));

                // The one used last: its buffers are in the caches.
                Workspace workspace = _idleCount > 0 ? _idle[--_idleCount].Workspace : _make();
                calls = ++_rented;
                return workspace;
            }
        }
        catch when (!hasTurn)
        {
            EndTurn();
            throw;
        }
    }

    /// <summary>Takes a workspace back.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="hasTurn">What it was rented with.</param>
    public void Return(Workspace workspace, bool hasTurn)
    {
        bool isKept;
        lock (_gate)
        {
            _rented--;
            isKept = !_disposed;
            if (isKept)
            {
                _idle[_idleCount++] = (workspace, _clock.GetTimestamp());
                if (_idleCount > 1 && !_isTimed)
                {
                    _isTimed = _timer.Change(IdleTime, Timeout.InfiniteTimeSpan);
                }
            }
        }

        if (!isKept)
        {
            workspace.Dispose();
            FreeAfterLastCall();
        }

        if (!hasTurn)
        {
            EndTurn();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        _timer.Dispose();
        foreach ((Workspace workspace, _) in _idle.AsSpan(0, _idleCount))
        {
            workspace.Dispose();
        }

        FreeAfterLastCall();

        // Whoever waits finds the session disposed of, and lets the next one find it.
        EndTurn();
    }

    private void RefuseWhenDisposed()
    {
        if (Volatile.Read(ref _disposed))
        {
            EndTurn();
            throw new ObjectDisposedException(nameof(InferenceSession));
        }
    }

    // Those at the bottom have been idle longest. The last one stays, so that rare calls find their buffers.
    private void Trim()
    {
        var freed = new List<Workspace>();
        lock (_gate)
        {
            _isTimed = false;
            if (_disposed)
            {
                return;
            }

            while (freed.Count < _idleCount - 1 && _clock.GetElapsedTime(_idle[freed.Count].Since) >= IdleTime)
            {
                freed.Add(_idle[freed.Count].Workspace);
            }

            _idle.AsSpan(freed.Count, _idleCount - freed.Count).CopyTo(_idle);
            _idle.AsSpan(_idleCount - freed.Count, freed.Count).Clear();
            _idleCount -= freed.Count;
            if (_idleCount > 1)
            {
                _isTimed = _timer.Change(IdleTime - _clock.GetElapsedTime(_idle[0].Since), Timeout.InfiniteTimeSpan);
            }
        }

        foreach (Workspace workspace in freed)
        {
            workspace.Dispose();
        }
    }

    private void FreeAfterLastCall()
    {
        lock (_gate)
        {
            if (_rented > 0)
            {
                return;
            }
        }

        foreach (IDisposable resource in _resources)
        {
            resource.Dispose();
        }
    }
}
