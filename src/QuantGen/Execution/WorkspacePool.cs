namespace QuantGen.Execution;

/// <summary>The workspaces of a session: made when needed, at most <c>capacity</c>, kept until the session ends.</summary>
/// <remarks>Calls beyond the capacity wait. A session that is disposed of frees what is idle at once and the rest when the running calls return it.</remarks>
internal sealed class WorkspacePool : IDisposable
{
    private readonly Func<Workspace> _make;
    private readonly IDisposable _weights;
    private readonly Workspace[] _idle;
    private readonly object _gate = new();
    private int _idleCount;
    private int _rented;
    private bool _disposed;

    /// <summary>Creates an empty pool.</summary>
    /// <param name="make">Makes a workspace.</param>
    /// <param name="capacity">The most workspaces.</param>
    /// <param name="weights">What is disposed of when no workspace can read it any more.</param>
    public WorkspacePool(Func<Workspace> make, int capacity, IDisposable weights)
    {
        _make = make;
        _weights = weights;
        _idle = new Workspace[capacity];
    }

    /// <summary>Gets a workspace for one call; waits while all are in use.</summary>
    /// <param name="calls">How many calls are running, this one included.</param>
    /// <exception cref="ObjectDisposedException">The session has been disposed of.</exception>
    public Workspace Rent(out int calls)
    {
        lock (_gate)
        {
            while (!_disposed && _rented == _idle.Length)
            {
                Monitor.Wait(_gate);
            }

            ObjectDisposedException.ThrowIf(_disposed, typeof(InferenceSession));

            // The one used last: its buffers are in the caches.
            Workspace workspace = _idleCount > 0 ? _idle[--_idleCount] : _make();
            calls = ++_rented;
            return workspace;
        }
    }

    /// <summary>Takes a workspace back.</summary>
    public void Return(Workspace workspace)
    {
        lock (_gate)
        {
            _rented--;
            if (!_disposed)
            {
                _idle[_idleCount++] = workspace;
                Monitor.Pulse(_gate);
                return;
            }
        }

        workspace.Dispose();
        FreeWeightsAfterLastCall();
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
            Monitor.PulseAll(_gate);
        }

        foreach (Workspace workspace in _idle.AsSpan(0, _idleCount))
        {
            workspace.Dispose();
        }

        FreeWeightsAfterLastCall();
    }

    private void FreeWeightsAfterLastCall()
    {
        lock (_gate)
        {
            if (_rented == 0)
            {
                _weights.Dispose();
            }
        }
    }
}
