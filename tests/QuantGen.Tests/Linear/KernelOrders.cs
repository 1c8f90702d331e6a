using QuantGen.Linear;

namespace QuantGen.Tests.Linear;

/// <summary>The orders that kernels of some instruction set read, and the plain reading of them.</summary>
internal static class KernelOrders
{
    /// <summary>Gets, for one width, the orders of 512-bit, 256-bit, widening and portable kernels.</summary>
    public static IEnumerable<KernelOrder> Of(int bits) =>
    [
        new KernelOrder(bits, 16, 4, 2),
        new KernelOrder(bits, 8, 4, 2),
        new KernelOrder(bits, 8, 4, 3),
        new KernelOrder(bits, 16, 4, 1),
        new KernelOrder(bits, 16, 2, 2),
        new KernelOrder(bits, 8, 2, 2),
        new KernelOrder(bits, 16, 1, 1),
    ];

    /// <summary>Reads one code out of a panel as the documentation of <see cref="KernelOrder"/> says it stands there.</summary>
    public static int Read(ReadOnlySpan<byte> panel, KernelOrder order, int row, int input)
    {
        int step = input / order.Interleave;
        int pack = step / order.StepsPerPack;
        int stepInPack = step % order.StepsPerPack;
        int vector = row / order.VectorOutputs;
        int plane = order.PanelVectors * order.VectorBytes;
        int at = (pack * order.PlanesPerPack * plane) + (vector * order.VectorBytes) + (row % order.VectorOutputs * order.Interleave) +
            (input % order.Interleave);
        if (order.Bits == 3)
        {
            int low = (panel[at + (stepInPack / 4 * plane)] >> (stepInPack % 4 * 2)) & 3;
            int high = (panel[at + (2 * plane)] >> stepInPack) & 1;
            return low | (high << 2);
        }

        int code = (panel[at] >> (stepInPack * order.Bits)) & ((1 << order.Bits) - 1);
        return order.Bits == 8 ? (sbyte)code + 128 : code;
    }

    /// <summary>Makes a panel code by code, padded inputs included, which are stored as code 0.</summary>
    public static byte[] Place(byte[][] rows, KernelOrder order, int columns)
    {
        int padded = KernelOrder.Pad(columns, KernelOrder.ColumnMultiple);
        byte[] panel = new byte[order.PanelBytes(padded)];
        int plane = order.PanelVectors * order.VectorBytes;
        for (int row = 0; row < rows.Length; row++)
        {
            for (int input = 0; input < padded; input++)
            {
                int code = input < columns ? rows[row][input] : 0;
                int step = input / order.Interleave;
                int inPack = step % order.StepsPerPack;
                int at = (step / order.StepsPerPack * order.PlanesPerPack * plane) + (row / order.VectorOutputs * order.VectorBytes)
                    + (row % order.VectorOutputs * order.Interleave) + (input % order.Interleave);
                if (order.Bits == 3)
                {
                    panel[at + (inPack / 4 * plane)] |= (byte)((code & 3) << (inPack % 4 * 2));
                    panel[at + (2 * plane)] |= (byte)(code >> 2 << inPack);
                }
                else
                {
                    panel[at] |= (byte)((order.Bits == 8 ? code ^ 0x80 : code) << (inPack * order.Bits));
                }
            }
        }

        return panel;
    }

    /// <summary>Makes codes of some rows.</summary>
    public static byte[][] Codes(int rows, int columns, int bits, int lowest = 0)
    {
        var random = new Random((rows * 1000) + columns + bits);
        return [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(_ => (byte)random.Next(lowest, 1 << bits)).ToArray())];
    }
}
