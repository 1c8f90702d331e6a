using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using QuantGen.Lanes;
using QuantGen.Quantization;

namespace QuantGen.Kernels;

/// <summary>The embedding of one token: (word + token type) + position, then layer normalization.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Embedding
{
    /// <summary>Embeds one token.</summary>
    /// <remarks>
    /// A quantized word row holds codes packed lowest bits first, from a byte boundary on; a value is <c>(code - 2^(bits - 1)) * scale</c>, at one bit
    /// <c>(2 code - 1) * scale</c>.
    /// </remarks>
    /// <param name="wordRow">The word's packed row: <c>ceil(columns * bits / 8)</c> bytes, or floats when <paramref name="bits"/> is 32.</param>
    /// <param name="bits">1 to 8, or 32.</param>
    /// <param name="scale">The row's scale; not used for 32 bits.</param>
    /// <param name="tokenType">The token type's row; a null reference where tokens have no types.</param>
    /// <param name="position">The position's row.</param>
    /// <param name="gamma">The normalization's factors.</param>
    /// <param name="beta">The normalization's summands.</param>
    /// <param name="epsilon">Added to the variance; positive.</param>
    /// <param name="columns">The width of the embedding, at least 1.</param>
    /// <param name="output">Receives the embedding.</param>
    public static void Run(
        ref byte wordRow, int bits, float scale, ref float tokenType, ref float position,
        ref float gamma, ref float beta, float epsilon, int columns, ref float output)
    {
        if (LanesChoice.Use512)
        {
            Run<Lanes512>(ref wordRow, bits, scale, ref tokenType, ref position, ref gamma, ref beta, epsilon, columns, ref output);
        }
        else if (LanesChoice.Use256)
        {
            Run<Lanes256>(ref wordRow, bits, scale, ref tokenType, ref position, ref gamma, ref beta, epsilon, columns, ref output);
        }
        else if (LanesChoice.Use128)
        {
            Run<Lanes128>(ref wordRow, bits, scale, ref tokenType, ref position, ref gamma, ref beta, epsilon, columns, ref output);
        }
        else
        {
            Run<LanesScalar>(ref wordRow, bits, scale, ref tokenType, ref position, ref gamma, ref beta, epsilon, columns, ref output);
        }
    }

    /// <summary>Embeds one token whose word's row holds labels of a codebook, packed lowest bits first from a byte boundary on.</summary>
    /// <param name="wordRow">The word's packed row: <c>ceil(columns * bits / 8)</c> bytes.</param>
    /// <param name="bits">1 to 5.</param>
    /// <param name="codebook">2^bits numbers.</param>
    /// <param name="tokenType">The token type's row; a null reference where tokens have no types.</param>
    /// <param name="position">The position's row.</param>
    /// <param name="gamma">The normalization's factors.</param>
    /// <param name="beta">The normalization's summands.</param>
    /// <param name="epsilon">Added to the variance; positive.</param>
    /// <param name="columns">The width of the embedding, at least 1.</param>
    /// <param name="output">Receives the embedding; the same memory as no operand.</param>
    public static void RunCodebook(
        ref byte wordRow, int bits, ref float codebook, ref float tokenType, ref float position,
        ref float gamma, ref float beta, float epsilon, int columns, ref float output)
    {
        // The output is room for the word's values, which are then what a row of 32 bits is.
        WordOfCodebook(ref wordRow, bits, ref codebook, columns, ref output);
        Run(ref Unsafe.As<float, byte>(ref output), 32, 1f, ref tokenType, ref position, ref gamma, ref beta, epsilon, columns, ref output);
    }

    /// <summary>Embeds one token whose word is the sum of two rows of one bit.</summary>
    /// <param name="firstRow">The word's packed row in the first table.</param>
    /// <param name="firstScale">Its scale.</param>
    /// <param name="secondRow">The word's packed row in the second table.</param>
    /// <param name="secondScale">Its scale.</param>
    /// <param name="tokenType">The token type's row; a null reference where tokens have no types.</param>
    /// <param name="position">The position's row.</param>
    /// <param name="gamma">The normalization's factors.</param>
    /// <param name="beta">The normalization's summands.</param>
    /// <param name="epsilon">Added to the variance; positive.</param>
    /// <param name="columns">The width of the embedding, at least 1.</param>
    /// <param name="output">Receives the embedding; the same memory as no operand.</param>
    public static void RunPair(
        ref byte firstRow, float firstScale, ref byte secondRow, float secondScale, ref float tokenType, ref float position,
        ref float gamma, ref float beta, float epsilon, int columns, ref float output)
    {
        WordPair(ref firstRow, firstScale, ref secondRow, secondScale, columns, ref output);
        Run(ref Unsafe.As<float, byte>(ref output), 32, 1f, ref tokenType, ref position, ref gamma, ref beta, epsilon, columns, ref output);
    }

    /// <summary>Embeds one token whose type and position have rows of 8-bit codes; a value is <c>(code - 128) * scale</c>.</summary>
    /// <param name="word">The word's values; may be the memory of <paramref name="output"/>.</param>
    /// <param name="tokenType">The token type's row of codes; a null reference where tokens have no types.</param>
    /// <param name="typeScale">Its scale; not used without types.</param>
    /// <param name="position">The position's row of codes.</param>
    /// <param name="positionScale">Its scale.</param>
    /// <param name="gamma">The normalization's factors.</param>
    /// <param name="beta">The normalization's summands.</param>
    /// <param name="epsilon">Added to the variance; positive.</param>
    /// <param name="columns">The width of the embedding, at least 1.</param>
    /// <param name="output">Receives the embedding.</param>
    public static void RunCodes(
        ref float word, ref byte tokenType, float typeScale, ref byte position, float positionScale,
        ref float gamma, ref float beta, float epsilon, int columns, ref float output)
    {
        if (LanesChoice.Use512)
        {
            RunCodes<Lanes512>(ref word, ref tokenType, typeScale, ref position, positionScale, ref gamma, ref beta, epsilon, columns, ref output);
        }
        else if (LanesChoice.Use256)
        {
            RunCodes<Lanes256>(ref word, ref tokenType, typeScale, ref position, positionScale, ref gamma, ref beta, epsilon, columns, ref output);
        }
        else if (LanesChoice.Use128)
        {
            RunCodes<Lanes128>(ref word, ref tokenType, typeScale, ref position, positionScale, ref gamma, ref beta, epsilon, columns, ref output);
        }
        else
        {
            RunCodes<LanesScalar>(ref word, ref tokenType, typeScale, ref position, positionScale, ref gamma, ref beta, epsilon, columns, ref output);
        }
    }

    /// <summary>Computes the values of a word that is the sum of two rows of one bit.</summary>
    /// <param name="firstRow">The word's packed row in the first table.</param>
    /// <param name="firstScale">Its scale.</param>
    /// <param name="secondRow">The word's packed row in the second table.</param>
    /// <param name="secondScale">Its scale.</param>
    /// <param name="columns">The width of the embedding.</param>
    /// <param name="output">Receives the values.</param>
    public static void WordPair(ref byte firstRow, float firstScale, ref byte secondRow, float secondScale, int columns, ref float output)
    {
        if (LanesChoice.Use512)
        {
            WordPair<Lanes512>(ref firstRow, firstScale, ref secondRow, secondScale, columns, ref output);
        }
        else if (LanesChoice.Use256)
        {
            WordPair<Lanes256>(ref firstRow, firstScale, ref secondRow, secondScale, columns, ref output);
        }
        else if (LanesChoice.Use128)
        {
            WordPair<Lanes128>(ref firstRow, firstScale, ref secondRow, secondScale, columns, ref output);
        }
        else
        {
            WordPair<LanesScalar>(ref firstRow, firstScale, ref secondRow, secondScale, columns, ref output);
        }
    }

    /// <summary>Computes the values of a word alone, as decoders that share them need.</summary>
    /// <param name="wordRow">The word's packed row.</param>
    /// <param name="bits">1 to 8.</param>
    /// <param name="scale">The row's scale.</param>
    /// <param name="columns">The width of the embedding.</param>
    /// <param name="output">Receives the values.</param>
    public static void Word(ref byte wordRow, int bits, float scale, int columns, ref float output)
    {
        if (LanesChoice.Use512)
        {
            Word<Lanes512>(ref wordRow, bits, scale, columns, ref output);
        }
        else if (LanesChoice.Use256)
        {
            Word<Lanes256>(ref wordRow, bits, scale, columns, ref output);
        }
        else if (LanesChoice.Use128)
        {
            Word<Lanes128>(ref wordRow, bits, scale, columns, ref output);
        }
        else
        {
            Word<LanesScalar>(ref wordRow, bits, scale, columns, ref output);
        }
    }

    /// <summary>Computes the values of a word whose row holds labels of a codebook.</summary>
    /// <param name="wordRow">The word's packed row.</param>
    /// <param name="bits">1 to 5.</param>
    /// <param name="codebook">2^bits numbers.</param>
    /// <param name="columns">The width of the embedding.</param>
    /// <param name="output">Receives the values.</param>
    public static void WordOfCodebook(ref byte wordRow, int bits, ref float codebook, int columns, ref float output)
    {
        uint mask = (1u << bits) - 1;
        for (int i = 0; i < columns; i++)
        {
            int bit = i * bits;
            uint pair = Unsafe.Add(ref wordRow, bit >> 3);
            if ((bit & 7) + bits > 8)
            {
                pair |= (uint)Unsafe.Add(ref wordRow, (bit >> 3) + 1) << 8;
            }

            Unsafe.Add(ref output, i) = Unsafe.Add(ref codebook, (nint)((pair >> (bit & 7)) & mask));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void WordPair<TLanes>(ref byte firstRow, float firstScale, ref byte secondRow, float secondScale, int columns, ref float output)
        where TLanes : struct, ILanes<TLanes>
    {
        nuint whole = (nuint)columns & ~(nuint)15;
        for (nuint i = 0; i < whole; i += 16)
        {
            TLanes first = Dequantize<TLanes>(ref Unsafe.Add(ref firstRow, i >> 3), 1, firstScale);
            TLanes.Store(first + Dequantize<TLanes>(ref Unsafe.Add(ref secondRow, i >> 3), 1, secondScale), ref output, i);
        }

        int rest = columns & 15;
        if (rest != 0)
        {
            TLanes first = DequantizeTail<TLanes>(ref Unsafe.Add(ref firstRow, whole >> 3), rest, 1, firstScale);
            LanesTail.Store(first + DequantizeTail<TLanes>(ref Unsafe.Add(ref secondRow, whole >> 3), rest, 1, secondScale), ref output, whole, rest);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Word<TLanes>(ref byte wordRow, int bits, float scale, int columns, ref float output)
        where TLanes : struct, ILanes<TLanes>
    {
        Debug.Assert(bits is >= 1 and <= 8);
        nuint whole = (nuint)columns & ~(nuint)15;
        for (nuint i = 0; i < whole; i += 16)
        {
            TLanes.Store(Dequantize<TLanes>(ref Unsafe.Add(ref wordRow, (i * (nuint)bits) >> 3), bits, scale), ref output, i);
        }

        int rest = columns & 15;
        if (rest != 0)
        {
            LanesTail.Store(DequantizeTail<TLanes>(ref Unsafe.Add(ref wordRow, (whole * (nuint)bits) >> 3), rest, bits, scale), ref output, whole, rest);
        }
    }

    /// <summary>
    /// Does what <see cref="Run(ref byte, int, float, ref float, ref float, ref float, ref float, float, int, ref float)"/> does on the given lanes.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TLanes>(
        ref byte wordRow, int bits, float scale, ref float tokenType, ref float position,
        ref float gamma, ref float beta, float epsilon, int columns, ref float output)
        where TLanes : struct, ILanes<TLanes>
    {
        Debug.Assert(bits is (>= 1 and <= 8) or 32 && columns >= 1);
        nuint whole = (nuint)columns & ~(nuint)15;
        int rest = columns & 15;
        bool hasTypes = !Unsafe.IsNullRef(ref tokenType);
        for (nuint i = 0; i < whole; i += 16)
        {
            TLanes word = bits == 32
                ? TLanes.Load(ref Unsafe.As<byte, float>(ref wordRow), i)
                : Dequantize<TLanes>(ref Unsafe.Add(ref wordRow, (i * (nuint)bits) >> 3), bits, scale);
            TLanes typed = hasTypes ? word + TLanes.Load(ref tokenType, i) : word;
            TLanes.Store(typed + TLanes.Load(ref position, i), ref output, i);
        }

        if (rest != 0)
        {
            TLanes word = bits == 32
                ? LanesTail.Load<TLanes>(ref Unsafe.As<byte, float>(ref wordRow), whole, rest, 0f)
                : DequantizeTail<TLanes>(ref Unsafe.Add(ref wordRow, (whole * (nuint)bits) >> 3), rest, bits, scale);
            TLanes typed = hasTypes ? word + LanesTail.Load<TLanes>(ref tokenType, whole, rest, 0f) : word;
            LanesTail.Store(typed + LanesTail.Load<TLanes>(ref position, whole, rest, 0f), ref output, whole, rest);
        }

        LayerNorm.Run<TLanes>(ref output, ref gamma, ref beta, epsilon, columns, ref output);
    }

    /// <summary>
    /// Does what <see cref="RunCodes(ref float, ref byte, float, ref byte, float, ref float, ref float, float, int, ref float)"/> does on the given lanes.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void RunCodes<TLanes>(
        ref float word, ref byte tokenType, float typeScale, ref byte position, float positionScale,
        ref float gamma, ref float beta, float epsilon, int columns, ref float output)
        where TLanes : struct, ILanes<TLanes>
    {
        Debug.Assert(columns >= 1);
        nuint whole = (nuint)columns & ~(nuint)15;
        int rest = columns & 15;
        bool hasTypes = !Unsafe.IsNullRef(ref tokenType);
        for (nuint i = 0; i < whole; i += 16)
        {
            TLanes sum = TLanes.Load(ref word, i);
            sum = hasTypes ? sum + Dequantize<TLanes>(ref Unsafe.Add(ref tokenType, i), 8, typeScale) : sum;
            TLanes.Store(sum + Dequantize<TLanes>(ref Unsafe.Add(ref position, i), 8, positionScale), ref output, i);
        }

        if (rest != 0)
        {
            TLanes sum = LanesTail.Load<TLanes>(ref word, whole, rest, 0f);
            sum = hasTypes ? sum + DequantizeTail<TLanes>(ref Unsafe.Add(ref tokenType, whole), rest, 8, typeScale) : sum;
            LanesTail.Store(sum + DequantizeTail<TLanes>(ref Unsafe.Add(ref position, whole), rest, 8, positionScale), ref output, whole, rest);
        }

        LayerNorm.Run<TLanes>(ref output, ref gamma, ref beta, epsilon, columns, ref output);
    }

    /// <summary>Computes up to sixteen scaled codes of a row; lanes behind them have no meaning.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Codes<TLanes>(ref byte codes, int count, int bits, float scale)
        where TLanes : struct, ILanes<TLanes> =>
        count == 16 ? Dequantize<TLanes>(ref codes, bits, scale) : DequantizeTail<TLanes>(ref codes, count, bits, scale);

    private static TLanes DequantizeTail<TLanes>(ref byte codes, int count, int bits, float scale)
        where TLanes : struct, ILanes<TLanes>
    {
        UInt128 copy = default;
        return Dequantize<TLanes>(ref CopyTail(ref copy, ref codes, count, bits), bits, scale);
    }

    private static ref byte CopyTail(ref UInt128 copy, ref byte codes, int count, int bits)
    {
        ref byte bytes = ref Unsafe.As<UInt128, byte>(ref copy);
        Unsafe.CopyBlockUnaligned(ref bytes, ref codes, (uint)(((count * bits) + 7) >> 3));
        return ref bytes;
    }

    // At one bit the bytes are 0 and 2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Dequantize<TLanes>(ref byte codes, int bits, float scale)
        where TLanes : struct, ILanes<TLanes> =>
        (TLanes.FromBytes(Unpack(ref codes, bits)) - TLanes.Broadcast(1 << (bits - 1))) * TLanes.Broadcast(scale);

    /// <summary>Spreads the last codes of a row, fewer than sixteen, over bytes.</summary>
    internal static Vector128<byte> UnpackTail(ref byte codes, int count, int bits)
    {
        UInt128 copy = default;
        return Unpack(ref CopyTail(ref copy, ref codes, count, bits), bits);
    }

    /// <summary>Spreads sixteen codes over bytes; those of one bit become 0 and 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> Unpack(ref byte codes, int bits)
    {
        return bits switch
        {
            1 => Vector128.Create(SpreadSigns(codes), SpreadSigns(Unsafe.Add(ref codes, 1))).AsByte(),
            2 => Vector128.Create(SpreadPairs(ReadUInt16(ref codes)), SpreadPairs(ReadUInt16(ref Unsafe.Add(ref codes, 2)))).AsByte(),
            4 => Vector128.Create(SpreadNibbles(ReadUInt32(ref codes)), SpreadNibbles(ReadUInt32(ref Unsafe.Add(ref codes, 4)))).AsByte(),
            8 => Vector128.LoadUnsafe(ref codes),
            _ => Vector128.Create(CodePacker.Spread(FirstEight(ref codes, bits), bits), CodePacker.Spread(LastEight(ref codes, bits), bits)).AsByte(),
        };
    }

    private static ulong SpreadSigns(byte codes) => CodePacker.Spread(codes, 1) << 1;

    // Each step halves the distance between neighbouring codes still sharing a field: eight 2-bit codes end in eight bytes.
    private static ulong SpreadPairs(ulong codes)
    {
        codes = (codes | (codes << 24)) & 0x0000_00FF_0000_00FF;
        codes = (codes | (codes << 12)) & 0x000F_000F_000F_000F;
        return (codes | (codes << 6)) & 0x0303_0303_0303_0303;
    }

    private static ulong SpreadNibbles(ulong codes)
    {
        codes = (codes | (codes << 16)) & 0x0000_FFFF_0000_FFFF;
        codes = (codes | (codes << 8)) & 0x00FF_00FF_00FF_00FF;
        return (codes | (codes << 4)) & 0x0F0F_0F0F_0F0F_0F0F;
    }

    // Of sixteen codes in 2 * bits bytes, of which no more than these may be read: a row can be the last of its memory.
    private static ulong FirstEight(ref byte codes, int bits) => bits == 3 ? ReadUInt32(ref codes) : ReadUInt64(ref codes);

    private static ulong LastEight(ref byte codes, int bits) => bits == 3
        ? ReadUInt32(ref Unsafe.Add(ref codes, 2)) >> 8
        : ReadUInt64(ref Unsafe.Add(ref codes, (2 * bits) - 8)) >> (8 * (8 - bits));

    private static ulong ReadUInt64(ref byte source) => Unsafe.ReadUnaligned<ulong>(ref source);

    private static ulong ReadUInt16(ref byte source) => Unsafe.ReadUnaligned<ushort>(ref source);

    private static ulong ReadUInt32(ref byte source) => Unsafe.ReadUnaligned<uint>(ref source);
}
