using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace QuantGen.Linear;

/// <summary>Turns the codes inside every element of a row from the file's order, step after step, to a kernel's, input after input.</summary>
/// <remarks>
/// An element is the <see cref="KernelOrder.Interleave"/> bytes that one output has in a plane: codes [step][input] in the file and [input][step] for
/// a kernel. Sizes are powers of two, so this is a permutation of the bits of a code's index, made of exchanges of two bits each.
/// </remarks>
internal readonly struct ElementOrder
{
    // 1-bit codes in four bytes have five index bits: four exchanges order them.
    private const int MostExchanges = 4;
    private readonly Exchanges _masks;
    private readonly Exchanges _shifts;
    private readonly int _count;
    private readonly ulong _flipped;

    /// <summary>Prepares an order.</summary>
    /// <param name="bits">Bits of a code: 1, 2, 4 or 8.</param>
    /// <param name="bytes">Bytes of an element: 1, 2 or 4.</param>
    public ElementOrder(int bits, int bytes)
    {
        // Centered codes of eight bits are two's complement.
        _flipped = bits == 8 ? 0x8080808080808080 : 0;
        int inputBits = BitOperations.Log2((uint)bytes);
        int indexBits = BitOperations.Log2((uint)(bytes * 8 / bits));
        int stepBits = indexBits - inputBits;
        Span<int> at = stackalloc int[indexBits];
        for (int bit = 0; bit < indexBits; bit++)
        {
            at[bit] = bit;
        }

        for (int target = 0; target < indexBits; target++)
        {
            int wanted = target < stepBits ? target + inputBits : target - stepBits;
            int found = at.IndexOf(wanted);
            if (found != target)
            {
                at[found] = at[target];
                at[target] = wanted;
                _masks[_count] = Mask(bits, target, found);
                _shifts[_count++] = (ulong)(((1 << found) - (1 << target)) * bits);
            }
        }
    }

    /// <summary>Orders a row in place.</summary>
    /// <param name="row">The row; a multiple of 32 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(Span<byte> row)
    {
        foreach (ref Vector256<ulong> words in MemoryMarshal.Cast<byte, Vector256<ulong>>(row))
        {
            Vector256<ulong> x = words;
            for (int i = 0; i < _count; i++)
            {
                int shift = (int)_shifts[i];
                Vector256<ulong> t = (x ^ (x >>> shift)) & Vector256.Create(_masks[i]);
                x ^= t ^ (t << shift);
            }

            words = x ^ Vector256.Create(_flipped);
        }
    }

    // The codes whose index has the lower bit set and the higher one clear; their partners stand above them.
    private static ulong Mask(int bits, int lower, int higher)
    {
        ulong mask = 0;
        for (int code = 0; code * bits < 64; code++)
        {
            if (((code >> lower) & 1) == 1 && ((code >> higher) & 1) == 0)
            {
                mask |= ((1UL << bits) - 1) << (code * bits);
            }
        }

        return mask;
    }

    [InlineArray(MostExchanges)]
    private struct Exchanges
    {
        private ulong _first;
    }
}
