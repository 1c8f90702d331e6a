using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QuantGen.Kernels;

/// <summary>Brings a head's keys and values into the panels of <see cref="TileProduct"/>, filled up with zeros.</summary>
internal static class AttentionPanels
{
    /// <summary>Transposes the keys: the panels hold one row per dimension and one column per key.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void PackKeys(ref float key, nint rowStride, int length, int headSize, ref float panels, int columns)
    {
        for (int start = 0; start < columns; start += TileProduct.PanelColumns)
        {
            int width = Math.Min(TileProduct.PanelColumns, columns - start);
            ref float panel = ref Unsafe.Add(ref panels, start * (nint)headSize);
            int column = 0;
            for (; column + 4 <= width && start + column + 4 <= length; column += 4)
            {
                TransposeFour(ref Unsafe.Add(ref key, (start + column) * rowStride), rowStride, headSize, ref Unsafe.Add(ref panel, column), width);
            }

            for (; column < width; column++)
            {
                // Missing keys are read as zeros.
                bool exists = start + column < length;
                ref float source = ref Unsafe.Add(ref key, exists ? (start + column) * rowStride : 0);
                for (nint d = 0; d < headSize; d++)
                {
                    Unsafe.Add(ref panel, (d * width) + column) = exists ? Unsafe.Add(ref source, d) : 0f;
                }
            }
        }
    }

    /// <summary>Copies the values: the panels hold one row per key and one column per dimension.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void PackValues(ref float value, nint rowStride, int length, int headSize, ref float panels, int columns)
    {
        for (int start = 0; start < columns; start += TileProduct.PanelColumns)
        {
            int width = Math.Min(TileProduct.PanelColumns, columns - start);
            int existing = Math.Min(width, headSize - start);
            for (nint j = 0; j < length; j++)
            {
                ref float row = ref Unsafe.Add(ref panels, (start * (nint)length) + (j * width));
                ref float source = ref Unsafe.Add(ref value, (j * rowStride) + start);
                Unsafe.CopyBlockUnaligned(
                    ref Unsafe.As<float, byte>(ref row), ref Unsafe.As<float, byte>(ref source), (uint)existing * sizeof(float));
                for (int d = existing; d < width; d++)
                {
                    Unsafe.Add(ref row, d) = 0f;
                }
            }
        }
    }

    /// <summary>Puts the codes of two keys' values side by side: the panels hold one row per pair of keys and one pair per dimension.</summary>
    /// <param name="codes">Rows of <paramref name="columns"/> codes.</param>
    /// <param name="length">How many rows; a last odd one is paired with zeros.</param>
    /// <param name="panels">Receives the panels.</param>
    /// <param name="columns">The head's dimensions filled up to a multiple of 16.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void PackValuePairs(ref short codes, int length, ref float panels, int columns)
    {
        nint depth = (length + 1) / 2;
        for (int start = 0; start < columns; start += TileProduct.PanelColumns)
        {
            int width = Math.Min(TileProduct.PanelColumns, columns - start);
            ref short panel = ref Unsafe.As<float, short>(ref Unsafe.Add(ref panels, start * depth));
            for (nint j = 0; j < length; j += 2)
            {
                ref short first = ref Unsafe.Add(ref codes, (j * columns) + start);
                ref short second = ref Unsafe.Add(ref first, columns);
                ref short target = ref Unsafe.Add(ref panel, j * width);
                bool isPair = j + 1 < length;
                for (int d = 0; d < width; d += 8)
                {
                    if (Sse2.IsSupported)
                    {
                        Vector128<short> low = Vector128.LoadUnsafe(ref first, (nuint)d);
                        Vector128<short> high = isPair ? Vector128.LoadUnsafe(ref second, (nuint)d) : Vector128<short>.Zero;
                        Sse2.UnpackLow(low, high).StoreUnsafe(ref target, (nuint)(2 * d));
                        Sse2.UnpackHigh(low, high).StoreUnsafe(ref target, (nuint)((2 * d) + 8));
                        continue;
                    }

                    for (int i = d; i < d + 8; i++)
                    {
                        Unsafe.Add(ref target, 2 * i) = Unsafe.Add(ref first, i);
                        Unsafe.Add(ref target, (2 * i) + 1) = isPair ? Unsafe.Add(ref second, i) : (short)0;
                    }
                }
            }
        }
    }

    // Four keys side by side; in squares of 4 x 4 where the processor has the shuffles.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeFour(ref float key, nint rowStride, int headSize, ref float panel, nint width)
    {
        ref float key1 = ref Unsafe.Add(ref key, rowStride);
        ref float key2 = ref Unsafe.Add(ref key1, rowStride);
        ref float key3 = ref Unsafe.Add(ref key2, rowStride);
        nint d = 0;
        if (Sse.IsSupported)
        {
            for (; d + 4 <= headSize; d += 4)
            {
                Vector128<float> row0 = Vector128.LoadUnsafe(ref key, (nuint)d);
                Vector128<float> row1 = Vector128.LoadUnsafe(ref key1, (nuint)d);
                Vector128<float> row2 = Vector128.LoadUnsafe(ref key2, (nuint)d);
                Vector128<float> row3 = Vector128.LoadUnsafe(ref key3, (nuint)d);
                Vector128<float> low01 = Sse.UnpackLow(row0, row1);
                Vector128<float> high01 = Sse.UnpackHigh(row0, row1);
                Vector128<float> low23 = Sse.UnpackLow(row2, row3);
                Vector128<float> high23 = Sse.UnpackHigh(row2, row3);
                ref float target = ref Unsafe.Add(ref panel, d * width);
                Sse.MoveLowToHigh(low01, low23).StoreUnsafe(ref target);
                Sse.MoveHighToLow(low23, low01).StoreUnsafe(ref target, (nuint)width);
                Sse.MoveLowToHigh(high01, high23).StoreUnsafe(ref target, (nuint)(2 * width));
                Sse.MoveHighToLow(high23, high01).StoreUnsafe(ref target, (nuint)(3 * width));
            }
        }

        for (; d < headSize; d++)
        {
            ref float target = ref Unsafe.Add(ref panel, d * width);
            target = Unsafe.Add(ref key, d);
            Unsafe.Add(ref target, 1) = Unsafe.Add(ref key1, d);
            Unsafe.Add(ref target, 2) = Unsafe.Add(ref key2, d);
            Unsafe.Add(ref target, 3) = Unsafe.Add(ref key3, d);
        }
    }
}
