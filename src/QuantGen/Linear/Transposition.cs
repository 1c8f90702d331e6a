using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QuantGen.Linear;

/// <summary>Brings outputs beside each other: what stands in rows goes to columns.</summary>
internal static class Transposition
{
    // Elements of a row that are moved at a time: few enough that the lines they go to stay in the first cache.
    private const int Block = 16;

    /// <summary>Copies element k of row r to place r of row k.</summary>
    /// <typeparam name="T">What is moved as a whole.</typeparam>
    /// <param name="source">Rows one after the other.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Elements of a source row.</param>
    /// <param name="target">Receives [columns, width]; what is beyond <paramref name="rows"/> is left alone.</param>
    /// <param name="width">Elements of a target row, at least <paramref name="rows"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T>(ReadOnlySpan<T> source, int rows, int columns, Span<T> target, int width)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(source.Length, rows * columns, nameof(source));
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, columns * width, nameof(target));
        ref T from = ref MemoryMarshal.GetReference(source);
        ref T to = ref MemoryMarshal.GetReference(target);
        for (int first = 0; first < columns; first += Block)
        {
            int count = Math.Min(Block, columns - first);
            for (int row = 0; row < rows; row++)
            {
                ref T line = ref Unsafe.Add(ref from, (nint)(row * columns) + first);
                ref T place = ref Unsafe.Add(ref to, (nint)(first * width) + row);
                for (int k = 0; k < count; k++)
                {
                    Unsafe.Add(ref place, (nint)(k * width)) = Unsafe.Add(ref line, k);
                }
            }
        }
    }

    /// <summary>Does the same with words of 32 bits in squares of eight, on processors with AVX2.</summary>
    /// <param name="source">The first row.</param>
    /// <param name="sourceStride">Words from row to row of the source.</param>
    /// <param name="rows">Rows of the source; the last square repeats the last row where they do not fill it.</param>
    /// <param name="columns">Words of a source row, a multiple of eight.</param>
    /// <param name="target">Receives rows of <paramref name="rows"/> words, rounded up to eight.</param>
    /// <param name="targetStride">Words from row to row of the target.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Words(ref int source, nint sourceStride, int rows, int columns, ref int target, nint targetStride)
    {
        for (int row = 0; row < rows; row += 8)
        {
            int last = rows - 1 - row;
            ref int r0 = ref Unsafe.Add(ref source, row * sourceStride);
            ref int r1 = ref Unsafe.Add(ref r0, Math.Min(1, last) * sourceStride);
            ref int r2 = ref Unsafe.Add(ref r0, Math.Min(2, last) * sourceStride);
            ref int r3 = ref Unsafe.Add(ref r0, Math.Min(3, last) * sourceStride);
            ref int r4 = ref Unsafe.Add(ref r0, Math.Min(4, last) * sourceStride);
            ref int r5 = ref Unsafe.Add(ref r0, Math.Min(5, last) * sourceStride);
            ref int r6 = ref Unsafe.Add(ref r0, Math.Min(6, last) * sourceStride);
            ref int r7 = ref Unsafe.Add(ref r0, Math.Min(7, last) * sourceStride);
            for (nint k = 0; k < columns; k += 4)
            {
                // Halves of four words each: rows 0 to 3 below, 4 to 7 above.
                Vector256<int> v0 = Halves(ref r0, ref r4, k);
                Vector256<int> v1 = Halves(ref r1, ref r5, k);
                Vector256<int> v2 = Halves(ref r2, ref r6, k);
                Vector256<int> v3 = Halves(ref r3, ref r7, k);
                Vector256<long> low01 = Avx2.UnpackLow(v0, v1).AsInt64();
                Vector256<long> low23 = Avx2.UnpackLow(v2, v3).AsInt64();
                Vector256<long> high01 = Avx2.UnpackHigh(v0, v1).AsInt64();
                Vector256<long> high23 = Avx2.UnpackHigh(v2, v3).AsInt64();
                ref int place = ref Unsafe.Add(ref target, (k * targetStride) + row);
                Avx2.UnpackLow(low01, low23).AsInt32().StoreUnsafe(ref place);
                Avx2.UnpackHigh(low01, low23).AsInt32().StoreUnsafe(ref Unsafe.Add(ref place, targetStride));
                Avx2.UnpackLow(high01, high23).AsInt32().StoreUnsafe(ref Unsafe.Add(ref place, 2 * targetStride));
                Avx2.UnpackHigh(high01, high23).AsInt32().StoreUnsafe(ref Unsafe.Add(ref place, 3 * targetStride));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Halves(ref int lower, ref int upper, nint at) =>
        Vector256.Create(Vector128.LoadUnsafe(ref lower, (nuint)at), Vector128.LoadUnsafe(ref upper, (nuint)at));
}
