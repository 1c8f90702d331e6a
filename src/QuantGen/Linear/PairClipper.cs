using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace QuantGen.Linear;

/// <summary>
/// Makes 8-bit weights fit the instruction that adds pairs of products in 16 bits: of the few pairs whose sum could leave them one weight is clipped, and what
/// is clipped becomes a list, which <see cref="ExcessSums"/> multiplies apart. So the sums of kernels stay exact.
/// </summary>
/// <remarks>
/// A pair meets activations from 0 to 255, so that its sum fits where positive weights add up to at most 128 and negative ones to at least -128. Weights with
/// one scale a matrix break that in 0.01 to 0.2% of their pairs, those with a scale per row in 1 to 5% (kernels.md 11).
/// A panel's list is a word that counts, or <see cref="Whole"/> where they are too many and nothing is clipped, and then a word for each: the input in 16 bits,
/// above them the output within the panel in 8, above them what is missing, with its sign.
/// </remarks>
internal static class PairClipper
{
    /// <summary>The count of a panel that is left as it is.</summary>
    public const int Whole = -1;

    // An input's place takes 16 bits of a word.
    private const int MostColumns = 1 << 16;

    /// <summary>Clips a panel.</summary>
    /// <param name="order">Its order: 8 bits, four inputs side by side.</param>
    /// <param name="panel">Its centered codes. Those of padding, which meet activations of 0 or outputs that nobody reads, become 0.</param>
    /// <param name="rows">Outputs of the panel that exist.</param>
    /// <param name="columns">Inputs that exist.</param>
    /// <param name="excess">Receives the list; where it is too short the panel stays as it is.</param>
    public static void Clip(KernelOrder order, Span<byte> panel, int rows, int columns, Span<int> excess)
    {
        int step = order.PanelVectors * order.VectorBytes;
        ClearPadding(panel, step, order.Interleave, rows, columns);
        int count = 0;
        for (int at = 0; at < panel.Length && count < excess.Length; at += Vector256<byte>.Count)
        {
            count += IsClear(Vector256.Create(panel.Slice(at))) ? 0 : CountPairs(panel.Slice(at, Vector256<byte>.Count));
        }

        if (count >= excess.Length || columns > MostColumns)
        {
            excess[0] = Whole;
            return;
        }

        excess[0] = count;
        for (int at = 0, next = 1; next <= count; at += 2)
        {
            Span<sbyte> pair = MemoryMarshal.Cast<byte, sbyte>(panel.Slice(at, 2));
            if (!Breaks(pair[0], pair[1]))
            {
                continue;
            }

            // The larger one gives way, so that what is missing has a byte's range.
            int larger = Math.Abs((int)pair[0]) >= Math.Abs((int)pair[1]) ? 0 : 1;
            int kept = Math.Sign(pair[larger]) * (PairDepth.MostWeight - Math.Abs((int)pair[1 - larger]));
            int input = (at / step * order.Interleave) + ((at + larger) % order.Interleave);
            int output = at % step / order.Interleave;
            excess[next++] = input | (output << 16) | ((pair[larger] - kept) << 24);
            pair[larger] = (sbyte)kept;
        }
    }

    private static void ClearPadding(Span<byte> panel, int step, int interleave, int rows, int columns)
    {
        for (int first = 0, at = 0; at < panel.Length; first += interleave, at += step)
        {
            panel.Slice(at, step)[(rows * interleave)..].Clear();
            for (int input = Math.Max(columns, first); input < first + interleave; input++)
            {
                for (int output = 0; output < rows; output++)
                {
                    panel[at + (output * interleave) + input - first] = 0;
                }
            }
        }
    }

    // A weight of -128 is a byte of 128 here.
    private static bool IsClear(Vector256<byte> codes)
    {
        Vector256<sbyte> signed = codes.AsSByte();
        Vector256<byte> positive = Vector256.Max(signed, Vector256<sbyte>.Zero).AsByte();
        Vector256<byte> negative = (Vector256<sbyte>.Zero - Vector256.Min(signed, Vector256<sbyte>.Zero)).AsByte();
        var most = Vector256.Create(PairDepth.MostWeight);
        return !Vector256.GreaterThanAny(PairDepth.PairSums(positive), most) && !Vector256.GreaterThanAny(PairDepth.PairSums(negative), most);
    }

    private static int CountPairs(ReadOnlySpan<byte> codes)
    {
        int count = 0;
        for (int i = 0; i < codes.Length; i += 2)
        {
            count += Breaks((sbyte)codes[i], (sbyte)codes[i + 1]) ? 1 : 0;
        }

        return count;
    }

    private static bool Breaks(int first, int second) =>
        Math.Max(first, 0) + Math.Max(second, 0) > PairDepth.MostWeight || Math.Min(first, 0) + Math.Min(second, 0) < -PairDepth.MostWeight;
}
