using System.Runtime.CompilerServices;

namespace QuantGen.Lanes;

/// <summary>Turns a square of 64 x 64 bits over its diagonal.</summary>
internal static class BitTransposition
{
    /// <summary>Makes columns of rows, in place: bit c of word r becomes bit r of word c.</summary>
    /// <param name="words">64 words.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(ref ulong words)
    {
        // Squares of 32, then of 16, ... change places across the diagonal.
        ulong kept = 0x00000000FFFFFFFF;
        for (int size = 32; size > 0; size >>= 1, kept ^= kept << size)
        {
            for (int i = 0; i < 64; i = (i + size + 1) & ~size)
            {
                ref ulong upper = ref Unsafe.Add(ref words, i);
                ref ulong lower = ref Unsafe.Add(ref words, i + size);
                ulong moved = ((upper >> size) ^ lower) & kept;
                lower ^= moved;
                upper ^= moved << size;
            }
        }
    }
}
