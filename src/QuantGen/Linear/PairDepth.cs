using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace QuantGen.Linear;

/// <summary>How many inputs of a panel may be added in 16 bits before sums must be widened, found from the weights themselves.</summary>
/// <remarks>
/// A lane adds every other pair of inputs of one output. Whatever the activations (0..255) are, its sum stays within 255 times the positive
/// weights and -255 times the negative ones, so that it fits 16 bits where each of them adds up to at most 128. Trained weights are mostly small:
/// four bits are widened every 96 to 128 inputs instead of every 32, which saves a tenth of the time.
/// </remarks>
internal static class PairDepth
{
    // 255 * 128 <= 32,767.
    private const ushort MostWeight = short.MaxValue / byte.MaxValue;

    /// <summary>Inputs that are looked at together: depths are multiples of it.</summary>
    private const int Granule = KernelOrder.ColumnMultiple;

    /// <summary>Finds the depth of a panel.</summary>
    /// <param name="order">The order of the panel, whose kernel adds pairs; fewer than 8 bits.</param>
    /// <param name="panel">The codes of <see cref="KernelOrder.PanelOutputs"/> rows.</param>
    /// <param name="columns">Padded inputs.</param>
    /// <param name="rows">Rows of the panel that exist; what the others compute is never read.</param>
    /// <param name="groupSize">Inputs after which sums are widened in any case, a multiple of 32 where it is less than <paramref name="columns"/>.</param>
    /// <returns>A multiple of 32 inputs, at most <paramref name="groupSize"/> rounded up.</returns>
    public static int Of(KernelOrder order, ReadOnlySpan<byte> panel, int columns, int rows, int groupSize)
    {
        int granules = columns / Granule;
        int lanes = order.PanelVectors * order.VectorBytes / sizeof(ushort);
        ushort[] rented = ArrayPool<ushort>.Shared.Rent(granules * 2 * lanes);
        Span<ushort> weights = rented.AsSpan(0, granules * 2 * lanes);
        Measure(order, panel, weights);
        for (int sums = 0; sums < weights.Length; sums += lanes)
        {
            weights.Slice(sums, lanes).Slice(2 * rows).Clear();
        }

        int group = Math.Min((groupSize + Granule - 1) / Granule, granules);
        int depth = 1;
        while (depth < group && Fits(weights, 2 * lanes, group, depth + 1))
        {
            depth++;
        }

        ArrayPool<ushort>.Shared.Return(rented);
        return depth * Granule;
    }

    /// <summary>Adds up, for every granule of inputs, the positive weights of each lane and then the negative ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Measure(KernelOrder order, ReadOnlySpan<byte> panel, Span<ushort> weights)
    {
        int plane = order.PanelVectors * order.VectorBytes;
        int packBytes = order.PlanesPerPack * plane;
        int packs = Granule / (order.StepsPerPack * order.Interleave);
        int lanes = plane / sizeof(ushort);
        for (int granule = 0; granule * packs * packBytes < panel.Length; granule++)
        {
            Span<ushort> sums = weights.Slice(granule * 2 * lanes, 2 * lanes);
            for (int at = 0; at < plane; at += Vector256<byte>.Count)
            {
                Vector256<byte> positive = Vector256<byte>.Zero;
                Vector256<byte> negative = Vector256<byte>.Zero;
                for (int pack = 0; pack < packs; pack++)
                {
                    AddPack(order, panel.Slice((((granule * packs) + pack) * packBytes) + at), plane, ref positive, ref negative);
                }

                PairSums(positive).CopyTo(sums.Slice(at / sizeof(ushort)));
                PairSums(negative).CopyTo(sums.Slice(lanes + (at / sizeof(ushort))));
            }
        }
    }

    // At most eight steps of weights up to 8 meet in a byte.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddPack(KernelOrder order, ReadOnlySpan<byte> pack, int plane, ref Vector256<byte> positive, ref Vector256<byte> negative)
    {
        Vector256<byte> zero = Vector256.Create((byte)(order.Bits == 1 ? 1 : 1 << (order.Bits - 1)));
        for (int step = 0; step < order.StepsPerPack; step++)
        {
            Vector256<byte> code = order.Bits == 3
                ? Bits(pack.Slice(step / 4 * plane), step % 4 * 2, 2) | (Bits(pack.Slice(2 * plane), step, 1) << 2)
                : Bits(pack, step * order.Bits, order.Bits);

            // One bit stands for -1 and +1, which are as far from 1 as 0 and 2.
            code = order.Bits == 1 ? code + code : code;
            positive += Vector256.Max(code, zero) - zero;
            negative += zero - Vector256.Min(code, zero);
        }
    }

    private static Vector256<byte> Bits(ReadOnlySpan<byte> bytes, int first, int count) =>
        (Vector256.Create(bytes) >>> first) & Vector256.Create((byte)((1 << count) - 1));

    // The two bytes of a lane.
    private static Vector256<ushort> PairSums(Vector256<byte> bytes) => (bytes.AsUInt16() & Vector256.Create((ushort)0xFF)) + (bytes.AsUInt16() >>> 8);

    // Blocks begin with their group, as in the kernels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Fits(ReadOnlySpan<ushort> weights, int stride, int group, int depth)
    {
        ref ushort first = ref MemoryMarshal.GetReference(weights);
        int granules = weights.Length / stride;
        for (int groupStart = 0; groupStart < granules; groupStart += group)
        {
            int groupEnd = Math.Min(groupStart + group, granules);
            for (int start = groupStart; start < groupEnd; start += depth)
            {
                int end = Math.Min(start + depth, groupEnd);
                for (int at = 0; at < stride; at += Vector256<ushort>.Count)
                {
                    Vector256<ushort> sum = Vector256<ushort>.Zero;
                    for (int granule = start; granule < end; granule++)
                    {
                        sum += Vector256.LoadUnsafe(ref first, (nuint)((granule * stride) + at));
                    }

                    if (Vector256.GreaterThanAny(sum, Vector256.Create(MostWeight)))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }
}
