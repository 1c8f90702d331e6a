using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
}
