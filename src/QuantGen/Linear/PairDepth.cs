using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>How many inputs of a panel may be added in 16 bits before sums must be widened, found from the weights themselves.</summary>
/// <remarks>
/// A lane adds every other pair of inputs of one output. Whatever the activations (0..255) are, its sum stays within 255 times the positive
/// weights and -255 times the negative ones, so that it fits 16 bits where each of them adds up to at most 128. Trained weights are mostly small:
/// four bits are widened every 96 to 128 inputs instead of every 32, which saves a tenth of the time.
/// </remarks>
internal static class PairDepth
{
    /// <summary>What weights of one sign may add up to where their products are added in 16 bits: 255 * 128 &lt;= 32,767.</summary>
    internal const ushort MostWeight = short.MaxValue / byte.MaxValue;

    /// <summary>Gets the inputs that are looked at together: depths are multiples of it, and one always fits, because half of its weights are at most 128 in
    /// all.</summary>
    /// <param name="bits">Bits of a code, 1 to 7.</param>
    internal static int Granule(int bits) => Math.Min(KernelOrder.ColumnMultiple, 512 >> bits);

    /// <summary>Finds the depth of a panel.</summary>
    /// <param name="order">The order of the panel, whose kernel adds pairs; fewer than 8 bits.</param>
    /// <param name="panel">The codes of <see cref="KernelOrder.PanelOutputs"/> rows.</param>
    /// <param name="columns">Padded inputs.</param>
    /// <param name="rows">Rows of the panel that exist; what the others compute is never read.</param>
    /// <param name="groupSize">Inputs after which sums are widened in any case, a multiple of 32 where it is less than <paramref name="columns"/>.</param>
    /// <returns>A multiple of 32 inputs up to 4 bits and of 16, 8, 4 inputs at 5, 6, 7 bits, at most <paramref name="groupSize"/> rounded up.</returns>
    public static int Of(KernelOrder order, ReadOnlySpan<byte> panel, int columns, int rows, int groupSize)
    {
        int inputs = Granule(order.Bits);
        int granules = columns / inputs;
        int lanes = order.PanelVectors * order.VectorBytes / sizeof(ushort);
        ushort[] rented = ArrayPool<ushort>.Shared.Rent(granules * 2 * lanes);
        Span<ushort> weights = rented.AsSpan(0, granules * 2 * lanes);
        Measure(order, panel, weights);
        for (int sums = 0; sums < weights.Length; sums += lanes)
        {
            weights.Slice(sums, lanes).Slice(2 * rows).Clear();
        }

        int group = Math.Min((groupSize + inputs - 1) / inputs, granules);
        int depth = 1;
        while (depth < group && Fits(weights, 2 * lanes, group, depth + 1))
        {
            depth++;
        }

        ArrayPool<ushort>.Shared.Return(rented);
        return depth * inputs;
    }

    /// <summary>Adds up, for every granule of inputs, the positive weights of each lane and then the negative ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Measure(KernelOrder order, ReadOnlySpan<byte> panel, Span<ushort> weights)
    {
        int plane = order.PanelVectors * order.VectorBytes;
        int packBytes = order.PlanesPerPack * plane;
        int lanes = plane / sizeof(ushort);

        // A granule is some packs, or some steps of one.
        int packs = Math.Max(1, Granule(order.Bits) / (order.StepsPerPack * order.Interleave));
        int steps = Math.Min(order.StepsPerPack, Granule(order.Bits) / order.Interleave);
        int parts = order.StepsPerPack / steps;
        for (int granule = 0; granule * packs * packBytes < panel.Length * parts; granule++)
        {
            int firstPack = granule / parts * packs;
            int firstStep = granule % parts * steps;
            Span<ushort> sums = weights.Slice(granule * 2 * lanes, 2 * lanes);
            for (int at = 0; at < plane; at += Vector256<byte>.Count)
            {
                Vector256<byte> positive = Vector256<byte>.Zero;
                Vector256<byte> negative = Vector256<byte>.Zero;
                for (int pack = 0; pack < packs; pack++)
                {
                    AddSteps(order, panel.Slice(((firstPack + pack) * packBytes) + at), plane, firstStep, steps, ref positive, ref negative);
                }

                PairSums(positive).CopyTo(sums.Slice(at / sizeof(ushort)));
                PairSums(negative).CopyTo(sums.Slice(lanes + (at / sizeof(ushort))));
            }
        }
    }

    // Two bytes are half of a granule, so that what meets in one is at most 128.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddSteps(KernelOrder order, ReadOnlySpan<byte> pack, int plane, int first, int count, ref Vector256<byte> positive,
        ref Vector256<byte> negative)
    {
        Vector256<byte> zero = Vector256.Create((byte)(order.Bits == 1 ? 1 : 1 << (order.Bits - 1)));
        CodeField[] fields = CodeField.Of(order.Bits);
        for (int step = first; step < first + count; step++)
        {
            Vector256<byte> code = Bits(pack.Slice(fields[0].Plane(step) * plane), fields[0].FirstBit(step), fields[0].Bits);
            for (int i = 1; i < fields.Length; i++)
            {
                code |= Bits(pack.Slice(fields[i].Plane(step) * plane), fields[i].FirstBit(step), fields[i].Bits) << fields[i].Offset;
            }

            // One bit stands for -1 and +1, which are as far from 1 as 0 and 2.
            code = order.Bits == 1 ? code + code : code;
            positive += Vector256.Max(code, zero) - zero;
            negative += zero - Vector256.Min(code, zero);
        }
    }

    private static Vector256<byte> Bits(ReadOnlySpan<byte> bytes, int first, int count) =>
        (Vector256.Create(bytes) >>> first) & Vector256.Create((byte)((1 << count) - 1));

    /// <summary>Adds the two bytes of each lane.</summary>
    internal static Vector256<ushort> PairSums(Vector256<byte> bytes) => (bytes.AsUInt16() & Vector256.Create((ushort)0xFF)) + (bytes.AsUInt16() >>> 8);

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
