using System.Numerics;
using System.Runtime.InteropServices;

namespace QuantGen.Linear;

/// <summary>How many bits of two small numbers differ, for all pairs: constant tables that kernels for activations of one bit look weights up in.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class DifferenceTables
{
    private const int CacheLine = 64;
    private static readonly byte* s_ofSix = Create(6);
    private static readonly byte* s_ofFour = Create(4);

    /// <summary>Gets the tables for numbers of six bits: 64 bytes for each, of which byte j counts the bits in which it differs from j.</summary>
    public static ref byte OfSix => ref *s_ofSix;

    /// <summary>Gets the tables for numbers of four bits: 16 bytes for each.</summary>
    public static ref byte OfFour => ref *s_ofFour;

    // Lives as long as the process; a row of 64 bytes is one cache line.
    private static byte* Create(int bits)
    {
        int count = 1 << bits;
        byte* tables = (byte*)NativeMemory.AlignedAlloc((nuint)(count * count), CacheLine);
        for (int i = 0; i < count * count; i++)
        {
            tables[i] = (byte)BitOperations.PopCount((uint)((i >> bits) ^ (i & (count - 1))));
        }

        return tables;
    }
}
