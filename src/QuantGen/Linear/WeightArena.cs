using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QuantGen.Files;

namespace QuantGen.Linear;

/// <summary>The weights of one loaded model in one block of memory that the garbage collector neither moves nor scans; written once, then read by any
/// thread.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class WeightArena : IDisposable
{
    // A cache line and a 512-bit vector.
    private const nuint Alignment = 64;
    private byte* _start;
    private void* _block;

    /// <summary>Allocates zeroed memory.</summary>
    /// <param name="bytes">How much, at least 1.</param>
    public WeightArena(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        Length = bytes;

        // Fresh pages are zero already: a large block costs nothing before it is filled, by the threads that fill it.
        _block = NativeMemory.AllocZeroed((nuint)bytes + Alignment - 1);
        HugePages.Request(_block, (nuint)bytes + Alignment - 1);
        _start = (byte*)(((nuint)_block + Alignment - 1) & ~(Alignment - 1));
    }

    /// <summary>Frees the memory of an arena that nobody disposed of.</summary>
    ~WeightArena() => Free();

    /// <summary>Gets the number of bytes.</summary>
    public long Length { get; }

    /// <summary>Gets the most threads that fill the arena.</summary>
    internal int LoadThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>Gets or sets what ends the filling early.</summary>
    internal CancellationToken LoadCancellation { get; set; }

    /// <summary>Gets a part of the arena to write.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Number of bytes.</param>
    public Span<byte> Bytes(long offset, int length)
    {
        Check(offset, length);
        return new Span<byte>(_start + offset, length);
    }

    /// <summary>Gets a part of the arena to write as floats.</summary>
    /// <param name="offset">First byte, a multiple of 4.</param>
    /// <param name="count">Number of floats.</param>
    public Span<float> Floats(long offset, int count) => MemoryMarshal.Cast<byte, float>(Bytes(offset, checked(count * sizeof(float))));

    /// <summary>Gets a part of the arena to write as integers.</summary>
    /// <param name="offset">First byte, a multiple of 4.</param>
    /// <param name="count">Number of integers.</param>
    public Span<int> Integers(long offset, int count) => MemoryMarshal.Cast<byte, int>(Bytes(offset, checked(count * sizeof(int))));

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    // Generated code reads through this with constant offsets that its own layout guarantees.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref byte At(long offset) => ref *(_start + offset);

    private void Check(long offset, long length)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        if (offset < 0 || length < 0 || offset > Length - length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), $"{length} bytes at {offset} do not fit into {Length}");
        }
    }

    private void Free()
    {
        NativeMemory.Free(_block);
        _block = null;
        _start = null;
    }
}
