using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using QuantGen.Lanes;
using QuantGen.Quantization;

namespace QuantGen.Kernels;

/// <summary>The sum of a token's embeddings in integers of <see cref="FixedPoint.EmbeddingBits"/>, normalized. Called by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FixedEmbedding
{
    private const int VectorCodes = 16;

    /// <summary>Embeds one token.</summary>
    /// <param name="wordRow">The word's packed row of codes, or integers when <paramref name="bits"/> is 32.</param>
    /// <param name="bits">2 to 8, or 32.</param>
    /// <param name="multiplier">What the word's codes are multiplied by; not used for 32 bits.</param>
    /// <param name="shift">What belongs to it.</param>
    /// <param name="tokenType">The token type's row; a null reference where tokens have no types.</param>
    /// <param name="position">The position's row.</param>
    /// <param name="gamma">The normalization's factors, and their shift.</param>
    /// <param name="beta">The normalization's summands.</param>
    /// <param name="columns">The width of the embedding, at least 1.</param>
    /// <param name="output">Receives the embedding.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        ref byte wordRow, int bits, int multiplier, int shift, ref int tokenType, ref int position, ref int gamma, ref int beta, int columns, ref int output)
    {
        Words(ref wordRow, bits, multiplier, shift, columns, ref output);
        int i = IntegersChoice.Use512 ? Add<Integers512>(ref tokenType, ref position, columns, ref output)
            : IntegersChoice.Use256 ? Add<Integers256>(ref tokenType, ref position, columns, ref output)
            : IntegersChoice.Use128 ? Add<Integers128>(ref tokenType, ref position, columns, ref output)
            : 0;
        for (; i < columns; i++)
        {
            int type = Unsafe.IsNullRef(ref tokenType) ? 0 : Unsafe.Add(ref tokenType, i);
            Unsafe.Add(ref output, i) = FixedPoint.Add(Unsafe.Add(ref output, i), type + Unsafe.Add(ref position, i));
        }

        FixedLayerNorm.Normalize(ref output, ref gamma, ref beta, 1, columns);
    }

    private static void Words(ref byte wordRow, int bits, int multiplier, int shift, int columns, ref int output)
    {
        if (bits == 32)
        {
            Unsafe.CopyBlockUnaligned(ref Unsafe.As<int, byte>(ref output), ref wordRow, (uint)columns * sizeof(int));
            return;
        }

        int whole = columns - (columns % VectorCodes);
        int center = 1 << (bits - 1);
        for (int i = 0; i < whole; i += VectorCodes)
        {
            Vector128<byte> codes = Embedding.Unpack(ref Unsafe.Add(ref wordRow, (i * (nint)bits) >> 3), bits);
            ref byte first = ref Unsafe.As<Vector128<byte>, byte>(ref codes);
            ref int target = ref Unsafe.Add(ref output, i);
            if (IntegersChoice.Use512)
            {
                Scale<Integers512>(ref first, center, multiplier, shift, ref target);
            }
            else if (IntegersChoice.Use256)
            {
                Scale<Integers256>(ref first, center, multiplier, shift, ref target);
            }
            else
            {
                Plain(ref first, VectorCodes, center, multiplier, shift, ref target);
            }
        }

        if (whole < columns)
        {
            Vector128<byte> codes = Embedding.UnpackTail(ref Unsafe.Add(ref wordRow, (whole * (nint)bits) >> 3), columns - whole, bits);
            Plain(ref Unsafe.As<Vector128<byte>, byte>(ref codes), columns - whole, center, multiplier, shift, ref Unsafe.Add(ref output, whole));
        }
    }

    private static void Plain(ref byte codes, int count, int center, int multiplier, int shift, ref int output)
    {
        for (int i = 0; i < count; i++)
        {
            Unsafe.Add(ref output, i) = (((Unsafe.Add(ref codes, i) - center) * multiplier) + (1 << (shift - 1))) >> shift;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale<TLanes>(ref byte codes, int center, int multiplier, int shift, ref int output)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        for (nuint i = 0; i < VectorCodes; i += (nuint)TLanes.Count)
        {
            TLanes centered = TLanes.LoadBytes(ref codes, i) - TLanes.Broadcast(center);
            TLanes.Store(TLanes.ShiftRight((centered * TLanes.Broadcast(multiplier)) + TLanes.Broadcast(1 << (shift - 1)), shift), ref output, i);
        }
    }

    /// <summary>Adds the other embeddings on the given lanes, as many numbers as fill vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static int Add<TLanes>(ref int tokenType, ref int position, int columns, ref int output)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        TLanes high = TLanes.Broadcast(FixedPoint.StateLimit);
        TLanes low = TLanes.Broadcast(-FixedPoint.StateLimit);
        bool hasTypes = !Unsafe.IsNullRef(ref tokenType);
        int i = 0;
        for (; i + TLanes.Count <= columns; i += TLanes.Count)
        {
            TLanes rest = TLanes.Load(ref position, (nuint)i);
            rest = hasTypes ? rest + TLanes.Load(ref tokenType, (nuint)i) : rest;
            TLanes.Store(TLanes.Min(TLanes.Max(TLanes.Load(ref output, (nuint)i) + rest, low), high), ref output, (nuint)i);
        }

        return i;
    }
}
