using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace QuantGen.Linear;

/// <summary>
/// Makes 8-bit weights fit the instruction that adds pairs of products in 16 bits: where the weights that meet in a lane could leave them some are clipped, and
/// what is clipped becomes a list, which <see cref="ExcessSums"/> multiplies apart. So the sums of kernels stay exact.
/// </summary>
/// <remarks>
/// Weights meet activations from 0 to 255, so that a lane's sum fits where positive weights add up to at most 128 and negative ones to at least -128. Weights
/// with one scale a matrix break that in 0.01 to 0.2% of lanes of one pair and in 1% of those of two, which a kernel adds before it widens them; those with a
/// scale per row in 1 to 5% and in a third (kernels.md 11).
/// A panel's list begins with the number of its entries, or <see cref="Whole"/> where they are too many and nothing is clipped, and the pairs of a lane. An
/// entry is two words: what is missing of four neighbouring inputs, a signed byte each, and their place in fours of inputs in 16 bits, above it the output
/// within the panel, by which entries are sorted.
/// </remarks>
internal static class PairClipper
{
    /// <summary>The count of a panel that is left as it is.</summary>
    public const int Whole = -1;

    /// <summary>Words before the first entry.</summary>
    public const int HeaderWords = 2;

    // A place takes 16 bits.
    private const int MostColumns = 4 << 16;

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
        excess[0] = Whole;
        Span<long> entries = MemoryMarshal.Cast<int, long>(excess[HeaderWords..]);

        bool isClipped = columns <= MostColumns
            && ((order.ClipsQuads && TryClip(panel, step, 2, entries, excess)) || (order.ClipsPairs && TryClip(panel, step, 1, entries, excess)));
        if (isClipped)
        {
            entries[..excess[0]].Sort();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    private static bool TryClip(Span<byte> panel, int step, int pairs, Span<long> entries, Span<int> excess)
    {
        // Twice the same walk: counted first, so that a panel that does not fit stays as it is.
        int count = Walk(panel, step, pairs, default);
        if (count > entries.Length)
        {
            return false;
        }

        Walk(panel, step, pairs, entries);
        (excess[0], excess[1]) = (count, pairs);
        return true;
    }

    // Goes through all lanes, once in the life of a model and therefore compiled fully at once; without room for entries it only counts them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Walk(Span<byte> panel, int step, int pairs, Span<long> entries)
    {
        bool isClipping = !entries.IsEmpty;
        int count = 0;
        Span<sbyte> weights = stackalloc sbyte[4];
        Span<sbyte> missing = stackalloc sbyte[8];
        for (int at = 0; at < panel.Length; at += pairs * step)
        {
            for (int vector = at; vector < at + step; vector += Vector256<byte>.Count)
            {
                // Both lanes of an output stand in one four of inputs.
                for (uint lanes = Breaking(panel, vector, step, pairs); lanes != 0;)
                {
                    int inVector = BitOperations.TrailingZeroCount(lanes) / 2;
                    lanes &= ~(3u << (2 * inVector));
                    int four = vector + (4 * inVector);
                    missing.Clear();
                    Lane(panel, four, step, pairs, weights, missing, isClipping);
                    Lane(panel, four + 2, step, pairs, weights, missing[2..], isClipping);
                    for (int pack = 0; pack < pairs; pack++)
                    {
                        int place = (at / step) + pack + ((four - at) / 4 << 16);
                        Add(missing.Slice(4 * pack, 4), place, entries, ref count);
                    }
                }
            }
        }

        return count;
    }

    // A bit for each lane that does not fit. A weight of -128 is a byte of 128 here.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Breaking(ReadOnlySpan<byte> panel, int at, int step, int pairs)
    {
        Vector256<ushort> positive = Vector256<ushort>.Zero;
        Vector256<ushort> negative = Vector256<ushort>.Zero;
        for (int pack = 0; pack < pairs; pack++)
        {
            Vector256<sbyte> signed = Vector256.Create(panel[(at + (pack * step))..]).AsSByte();
            positive += PairDepth.PairSums(Vector256.Max(signed, Vector256<sbyte>.Zero).AsByte());
            negative += PairDepth.PairSums((Vector256<sbyte>.Zero - Vector256.Min(signed, Vector256<sbyte>.Zero)).AsByte());
        }

        var most = Vector256.Create(PairDepth.MostWeight);
        return (Vector256.GreaterThan(positive, most) | Vector256.GreaterThan(negative, most)).ExtractMostSignificantBits();
    }

    // Clips the weights of one lane, the largest first so that few are.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Lane(Span<byte> panel, int at, int step, int pairs, Span<sbyte> weights, Span<sbyte> missing, bool isClipping)
    {
        for (int i = 0; i < 2 * pairs; i++)
        {
            weights[i] = (sbyte)panel[at + (i / 2 * step) + (i % 2)];
        }

        Span<sbyte> lane = weights[..(2 * pairs)];
        foreach (int sign in (ReadOnlySpan<int>)[1, -1])
        {
            int over = -PairDepth.MostWeight;
            foreach (sbyte weight in lane)
            {
                over += Math.Max(sign * weight, 0);
            }

            while (over > 0)
            {
                int largest = 0;
                for (int i = 1; i < lane.Length; i++)
                {
                    largest = sign * lane[i] > sign * lane[largest] ? i : largest;
                }

                int cut = Math.Min(over, sign * lane[largest]);
                lane[largest] -= (sbyte)(sign * cut);
                missing[(largest / 2 * 4) + (largest % 2)] = (sbyte)(sign * cut);
                over -= cut;
            }
        }

        for (int i = 0; isClipping && i < lane.Length; i++)
        {
            panel[at + (i / 2 * step) + (i % 2)] = (byte)lane[i];
        }
    }

    // What is missing of four inputs; of a pair that would not fit 16 bits itself in two entries.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ReadOnlySpan<sbyte> missing, int place, Span<long> entries, ref int count)
    {
        bool fits = Math.Abs(missing[0] + missing[1]) <= PairDepth.MostWeight && Math.Abs(missing[2] + missing[3]) <= PairDepth.MostWeight;
        Span<sbyte> part = stackalloc sbyte[4];
        for (int first = 0; first < (fits ? 1 : 2); first++)
        {
            for (int i = 0; i < 4; i++)
            {
                part[i] = fits || i % 2 == first ? missing[i] : (sbyte)0;
            }

            int word = MemoryMarshal.Read<int>(MemoryMarshal.AsBytes(part));
            if (word == 0)
            {
                continue;
            }

            if (!entries.IsEmpty)
            {
                entries[count] = ((long)place << 32) | (uint)word;
            }

            count++;
        }
    }
}
