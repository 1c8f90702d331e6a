using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QuantGen.Trainable;

/// <summary>Scratch memory that starts on a cache line, so that no vector of a panel lies on two of them. Grows and is reused.</summary>
internal sealed class AlignedFloats
{
    private const int Line = 64;
    private float[] _memory = [];
    private int _start;
    private int _count;

    /// <summary>Gets the first float.</summary>
    public ref float First => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_memory), _start);

    /// <summary>Gets the first floats.</summary>
    /// <param name="count">How many.</param>
    public Span<float> Span(int count) => _memory.AsSpan(_start, count);

    /// <summary>Makes room; the contents are undefined afterwards.</summary>
    /// <param name="count">Floats.</param>
    public unsafe void Reserve(long count)
    {
        if (count > _count)
        {
            _count = checked((int)count);
            _memory = GC.AllocateUninitializedArray<float>(checked(_count + (Line / sizeof(float))), pinned: true);
            nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
            _start = (int)((Line - (address % Line)) % Line / sizeof(float));
        }
    }
}
