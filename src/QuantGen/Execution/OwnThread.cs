namespace QuantGen.Execution;

/// <summary>A thread that this library started, and may therefore send to other processors.</summary>
/// <remarks>
/// Threads of callers are never changed. A thread that was once told where it may run keeps to that: it would not use processors that its container is
/// given later, and that is not ours to decide for threads we did not start.
/// </remarks>
internal sealed class OwnThread
{
    private readonly int _number;
    private readonly byte[] _allowed = new byte[Processors.SetBytes];

    /// <summary>Describes the calling thread, which no other has moved yet.</summary>
    public OwnThread()
    {
        if (Processors.IsSupported && Processors.GetAllowed(_allowed))
        {
            _number = Processors.Thread();
        }
    }

    /// <summary>Gets whether the thread can be moved.</summary>
    public bool IsMovable => _number != 0;

    /// <summary>Lets the thread run on every processor it might use but one, until <see cref="Free"/>.</summary>
    /// <param name="processor">The processor; below 0 is none.</param>
    /// <returns>Whether it is so; not where no other processor is left.</returns>
    public bool KeepOff(int processor) => KeepOff([processor]);

    /// <summary>Moves the thread to any processor it may use but these, and afterwards allows all again: it is never bound.</summary>
    /// <param name="processors">The processors; below 0 are none.</param>
    /// <returns>Whether it moved. With more workers than processors none is free: sharing is what was asked for.</returns>
    public bool Leave(ReadOnlySpan<int> processors) => KeepOff(processors) && Free();

    /// <summary>Lets the thread run wherever it might when it started.</summary>
    public bool Free() => Processors.Allow(_number, _allowed);

    private bool KeepOff(ReadOnlySpan<int> processors)
    {
        if (!IsMovable)
        {
            return false;
        }

        Span<byte> others = stackalloc byte[Processors.SetBytes];
        _allowed.CopyTo(others);
        foreach (int processor in processors)
        {
            Processors.Remove(others, processor);
        }

        return Processors.Allow(_number, others);
    }
}
