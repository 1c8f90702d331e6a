using System.Runtime.CompilerServices;

namespace QuantGen.Linear;

/// <summary>Rewrites one row of codes from the file's order into a kernel's order.</summary>
internal static class PanelPacker
{
    /// <summary>Adds a row to its panel; the panel's memory is zero before its first row.</summary>
    /// <param name="codes">One stored code (0 to 2^bits - 1) per byte, padded columns included.</param>
    /// <param name="order">The kernel's order.</param>
    /// <param name="rowInPanel">The row's place in the panel.</param>
    /// <param name="panel">The panel.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRow(ReadOnlySpan<byte> codes, KernelOrder order, int rowInPanel, Span<byte> panel)
    {
        int steps = order.StepsPerPack;
        int inputsPerPack = steps * order.Interleave;
        int planeBytes = order.PanelVectors * order.VectorBytes;
        int vector = rowInPanel / order.VectorOutputs;
        int place = (vector * order.VectorBytes) + (rowInPanel % order.VectorOutputs * order.Interleave);
        for (int pack = 0; pack * inputsPerPack < codes.Length; pack++)
        {
            int packStart = (pack * order.PlanesPerPack * planeBytes) + place;
            ReadOnlySpan<byte> inputs = codes.Slice(pack * inputsPerPack, inputsPerPack);
            for (int step = 0; step < steps; step++)
            {
                for (int i = 0; i < order.Interleave; i++)
                {
                    int code = inputs[(step * order.Interleave) + i];
                    if (order.Bits == 3)
                    {
                        panel[packStart + (step / 4 * planeBytes) + i] |= (byte)((code & 3) << (step % 4 * 2));
                        panel[packStart + (2 * planeBytes) + i] |= (byte)(code >> 2 << step);
                    }
                    else
                    {
                        int stored = order.Bits == 8 ? code ^ 0x80 : code;
                        panel[packStart + i] |= (byte)(stored << (step * order.Bits));
                    }
                }
            }
        }
    }

    /// <summary>Adds a row whose file bytes already hold the inputs of four steps together: interleave 4 and 1, 2, 4 or 8 bits.</summary>
    /// <remarks>Each 32-bit word of the file holds the codes [step][input] of one pack and the kernel wants [input][step], so a word is a small transposition.</remarks>
    /// <param name="row">The row's bytes in the file, a multiple of 4 with zeros behind the last code.</param>
    /// <param name="order">The kernel's order.</param>
    /// <param name="rowInPanel">The row's place in the panel.</param>
    /// <param name="panel">The panel.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddPackedRow(ReadOnlySpan<uint> row, KernelOrder order, int rowInPanel, Span<uint> panel)
    {
        int words = order.PanelVectors * order.VectorOutputs;
        int bits = order.Bits;
        for (int i = 0; i < row.Length; i++)
        {
            uint word = row[i];
            panel[(i * words) + rowInPanel] = bits switch
            {
                1 => Transpose1(word),
                2 => Transpose2(word),
                4 => Transpose4(word),
                _ => word ^ 0x80808080u,
            };
        }
    }

    // Eight steps of four 1-bit codes: an 8x4 transposition by exchanging ever larger blocks.
    private static uint Transpose1(uint x)
    {
        uint t0 = x & 0x11111111u;
        uint t1 = (x >> 1) & 0x11111111u;
        uint t2 = (x >> 2) & 0x11111111u;
        uint t3 = (x >> 3) & 0x11111111u;
        return Gather(t0) | (Gather(t1) << 8) | (Gather(t2) << 16) | (Gather(t3) << 24);

        // Bits 0, 4, 8 .. 28 to bits 0 .. 7.
        static uint Gather(uint t)
        {
            t = (t | (t >> 3)) & 0x03030303u;
            t = (t | (t >> 6)) & 0x000F000Fu;
            return (t | (t >> 12)) & 0xFFu;
        }
    }

    // Four steps of four 2-bit codes: a 4x4 transposition of 2-bit elements.
    private static uint Transpose2(uint x)
    {
        x = Exchange(x, 0x00CC00CCu, 6);
        return Exchange(x, 0x0000F0F0u, 12);
    }

    // Two steps of four 4-bit codes: [step][input] nibbles to [input][step].
    private static uint Transpose4(uint x)
    {
        x = Exchange(x, 0x0000FF00u, 8);
        return Exchange(x, 0x00F000F0u, 4);
    }

    // Swaps the masked bits with those `shift` above them.
    private static uint Exchange(uint x, uint mask, int shift)
    {
        uint t = (x ^ (x >> shift)) & mask;
        return x ^ t ^ (t << shift);
    }
}
