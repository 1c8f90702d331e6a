namespace QuantGen.Execution;

/// <summary>The buffers of a workspace, made for the largest batch; memory is put behind them as batches need it, and stays.</summary>
internal sealed unsafe class PassMemory : IDisposable
{
    private readonly IPassPages _pages;
    private readonly TokenBuffer[] _buffers;
    private readonly long[] _committed;
    private readonly long _sharedBytes;
    private readonly long _workerBytes;
    private int _committedWorkers;

    /// <summary>Reserves address space for all buffers.</summary>
    /// <param name="pages">Where memory comes from.</param>
    /// <param name="buffers">The shared buffers, in any order; when there are none, all of the shared memory is used by every batch.</param>
    /// <param name="sharedBytes">Bytes of the shared buffers.</param>
    /// <param name="workerBytes">Bytes of one worker's buffers, which stand behind them, worker after worker.</param>
    /// <param name="workers">The most workers.</param>
    public PassMemory(IPassPages pages, IReadOnlyList<TokenBuffer> buffers, long sharedBytes, long workerBytes, int workers)
    {
        _pages = pages;
        _buffers = buffers.Count > 0 ? [.. buffers] : [new TokenBuffer(0, sharedBytes)];
        _committed = new long[_buffers.Length];
        _sharedBytes = sharedBytes;
        _workerBytes = workerBytes;
        Start = pages.Reserve((nuint)(sharedBytes + (workerBytes * workers)));
    }

    /// <summary>Frees the buffers of a pass that nobody disposed of.</summary>
    ~PassMemory() => Free();

    /// <summary>Gets the first byte; null when the memory has been freed.</summary>
    public byte* Start { get; private set; }

    /// <summary>Puts memory behind what a batch uses.</summary>
    /// <param name="tokens">The tokens of the batch.</param>
    /// <param name="workers">The workers that compute it.</param>
    /// <exception cref="OutOfMemoryException">There is not that much.</exception>
    public void Commit(int tokens, int workers)
    {
        for (int i = 0; i < _buffers.Length; i++)
        {
            long all = _sharedBytes - _buffers[i].Offset;
            long used = Math.Min(_buffers[i].BytesPerToken * tokens, all);
            if (used > _committed[i])
            {
                long end = Math.Min((used + _pages.Step - 1) / _pages.Step * _pages.Step, all);
                _pages.Commit(Start + _buffers[i].Offset + _committed[i], (nuint)(end - _committed[i]));
                _committed[i] = end;
            }
        }

        if (workers > _committedWorkers)
        {
            _pages.Commit(Start + _sharedBytes + (_workerBytes * _committedWorkers), (nuint)(_workerBytes * (workers - _committedWorkers)));
            _committedWorkers = workers;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        // A constructor that failed may have had no pages yet.
        _pages?.Free(Start);
        Start = null;
    }
}
