using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>The sum of a token's embeddings, rows of codes with ranges as they are (FullyQT).</summary>
/// <remarks>
/// A row's value is (code - middle) * scale + center; the centers of word, type and position are added up first, in this order, and once to each sum:
/// <c>((w + t) + p) + centers</c>, with the scaled codes w, t and p.
/// </remarks>
internal static class RoundedEmbedding
{
    /// <summary>Adds a token's rows.</summary>
    /// <param name="output">The word's scaled codes; receives the sum.</param>
    /// <param name="tokenType">The token type's row of 8-bit codes; a null reference where tokens have no types.</param>
    /// <param name="typeScale">Its scale; not used without types.</param>
    /// <param name="position">The position's row of 8-bit codes.</param>
    /// <param name="positionScale">Its scale.</param>
    /// <param name="centers">The sum of the rows' centers.</param>
    /// <param name="columns">The width of the embedding, at least 1.</param>
    public static void Sum(
        ref float output, ref byte tokenType, float typeScale, ref byte position, float positionScale, float centers, int columns)
    {
        if (LanesChoice.Use512)
        {
            Sum<Lanes512>(ref output, ref tokenType, typeScale, ref position, positionScale, centers, columns);
        }
        else if (LanesChoice.Use256)
        {
            Sum<Lanes256>(ref output, ref tokenType, typeScale, ref position, positionScale, centers, columns);
        }
        else if (LanesChoice.Use128)
        {
            Sum<Lanes128>(ref output, ref tokenType, typeScale, ref position, positionScale, centers, columns);
        }
        else
        {
            Sum<LanesScalar>(ref output, ref tokenType, typeScale, ref position, positionScale, centers, columns);
        }
    }

    /// <summary>Does the same on the given lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Sum<TLanes>(
        ref float output, ref byte tokenType, float typeScale, ref byte position, float positionScale, float centers, int columns)
        where TLanes : struct, ILanes<TLanes>
    {
        bool hasTypes = !Unsafe.IsNullRef(ref tokenType);
        TLanes summand = TLanes.Broadcast(centers);
        for (int i = 0; i < columns; i += 16)
        {
            int width = Math.Min(16, columns - i);
            TLanes sum = LanesTail.LoadUpTo<TLanes>(ref output, i, width);
            sum = hasTypes ? sum + Embedding.Codes<TLanes>(ref Unsafe.Add(ref tokenType, i), width, 8, typeScale) : sum;
            sum += Embedding.Codes<TLanes>(ref Unsafe.Add(ref position, i), width, 8, positionScale);
            LanesTail.StoreUpTo(sum + summand, ref output, i, width);
        }
    }
}
