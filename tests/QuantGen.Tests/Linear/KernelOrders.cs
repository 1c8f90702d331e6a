using QuantGen.Linear;

namespace QuantGen.Tests.Linear;

/// <summary>The orders that kernels of some instruction set read, and the plain reading of them.</summary>
internal static class KernelOrders
{
    // Of kernels that read codes as bits in bytes, not as indices.
    private static readonly IReadOnlyList<KernelRow> s_rows =
        [.. KernelRegistry.All.SelectMany(row => row.Structs()).Where(row => !row.MeetsBits && row.Kind != ProductKind.Tables)];

    /// <summary>Gets, for one width, the orders of all kernels, whichever widths they serve.</summary>
    public static IEnumerable<KernelOrder> Of(int bits) =>
        s_rows.Select(row => new KernelOrder(bits, row.VectorOutputs, row.Interleave, row.PanelVectors)).Distinct();

    /// <summary>Reads one code out of a panel as the documentation of <see cref="KernelOrder"/> says it stands there.</summary>
    public static int Read(ReadOnlySpan<byte> panel, KernelOrder order, int row, int input)
    {
        int step = input / order.Interleave;
        int pack = step / order.StepsPerPack;
        int stepInPack = step % order.StepsPerPack;
        int vector = row / order.VectorOutputs;
        int plane = order.PanelVectors * order.VectorBytes;
        int at = (pack * order.PlanesPerPack * plane) + (vector * order.VectorBytes) + (row % order.VectorOutputs * order.Interleave)
            + (input % order.Interleave);
        int code = 0;
        foreach ((int bits, int offset, int firstPlane) in Parts(order.Bits))
        {
            int inByte = 8 / bits;
            code |= ((panel[at + ((firstPlane + (stepInPack / inByte)) * plane)] >> (stepInPack % inByte * bits)) & ((1 << bits) - 1)) << offset;
        }

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
                code = order.Bits == 8 ? code ^ 0x80 : code;
                foreach ((int bits, int offset, int firstPlane) in Parts(order.Bits))
                {
                    int inByte = 8 / bits;
                    panel[at + ((firstPlane + (inPack / inByte)) * plane)] |= (byte)(((code >> offset) & ((1 << bits) - 1)) << (inPack % inByte * bits));
                }
            }
        }

        return panel;
    }

    // Bits, place in the code and first plane of each part, written out.
    private static (int Bits, int Offset, int FirstPlane)[] Parts(int bits) => bits switch
    {
        3 => [(2, 0, 0), (1, 2, 2)],
        5 => [(4, 0, 0), (1, 4, 4)],
        6 => [(4, 0, 0), (2, 4, 2)],
        7 => [(4, 0, 0), (2, 4, 4), (1, 6, 6)],
        _ => [(bits, 0, 0)],
    };

    /// <summary>Makes codes of some rows.</summary>
    public static byte[][] Codes(int rows, int columns, int bits, int lowest = 0)
    {
        var random = new Random((rows * 1000) + columns + bits);
        return [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(_ => (byte)random.Next(lowest, 1 << bits)).ToArray())];
    }
}
