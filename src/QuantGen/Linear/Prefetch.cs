using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace QuantGen.Linear;

/// <summary>Asks for memory before it is needed. A hint: any address is allowed and nothing is read.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Prefetch
{
    /// <summary>Fetches the cache line at <paramref name="start"/> + <paramref name="offset"/>.</summary>
    /// <param name="start">Memory that the garbage collector does not move.</param>
    /// <param name="offset">Bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line(ref byte start, nint offset)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0((byte*)Unsafe.AsPointer(ref start) + offset);
        }
    }

    /// <summary>Fetches a cache line that is needed much later, past the nearest cache.</summary>
    /// <param name="start">Memory that the garbage collector does not move.</param>
    /// <param name="offset">Bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FarLine(ref byte start, nint offset)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1((byte*)Unsafe.AsPointer(ref start) + offset);
        }
    }
}
