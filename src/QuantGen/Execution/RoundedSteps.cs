using System.Runtime.CompilerServices;
using QuantGen.Kernels;

namespace QuantGen.Execution;

/// <summary>
/// The steps between products of a model that rounds everything. To an observer they show what they would round, and go on in full precision
/// (<see cref="RoundingProbe"/>).
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RoundedSteps
{
    /// <summary>Rounds what a layer made.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="site">Index of the site.</param>
    /// <param name="values">The first token's outputs; rows have no gaps.</param>
    /// <param name="count">Tokens.</param>
    /// <param name="columns">Values of a token.</param>
    /// <param name="ranges">The scales of all columns, then their centers.</param>
    /// <param name="bits">Bits of a code, 2 to 8.</param>
    public static void Output(ForwardPass pass, int site, ref float values, int count, int columns, ref float ranges, int bits)
    {
        if (pass.Observer is null)
        {
            RoundedRows.Run(ref values, count, columns, ref ranges, bits);
        }
        else
        {
            RoundingProbe.Output(pass, site, ref values, count, columns);
        }
    }

    /// <summary>Adds a token's embeddings to the scaled codes of its word, rounds and normalizes the sum.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="site">Index of the sum's site; those of the normalization follow.</param>
    /// <param name="output">The word's scaled codes; receives the embedding.</param>
    /// <param name="tokenType">The token type's row of codes; a null reference where tokens have no types.</param>
    /// <param name="typeScale">Its scale.</param>
    /// <param name="position">The position's row of codes.</param>
    /// <param name="positionScale">Its scale.</param>
    /// <param name="centers">The sum of the rows' centers.</param>
    /// <param name="sumRanges">The sum's ranges.</param>
    /// <param name="gamma">The normalization's factors.</param>
    /// <param name="beta">The normalization's summands.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="columns">The width of the embedding.</param>
    /// <param name="ranges">The normalization's ranges.</param>
    /// <param name="bits">Bits of a code, 2 to 8.</param>
    public static void Embedding(
        ForwardPass pass, int site, ref float output, ref byte tokenType, float typeScale, ref byte position, float positionScale, float centers,
        ref float sumRanges, ref float gamma, ref float beta, float epsilon, int columns, ref float ranges, int bits)
    {
        RoundedEmbedding.Sum(ref output, ref tokenType, typeScale, ref position, positionScale, centers, columns);
        Output(pass, site, ref output, 1, columns, ref sumRanges, bits);
        Norm(pass, site + 1, ref output, ref Unsafe.NullRef<float>(), ref gamma, ref beta, epsilon, 1, columns, ref ranges, bits, ref output);
    }

    /// <summary>Normalizes tokens, or their sums with residuals.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="site">Index of the numerators' site; those of denominators, quotients and results follow.</param>
    /// <param name="input">The first token's values; rows have no gaps.</param>
    /// <param name="residual">The first token's values to add; a null reference for nothing.</param>
    /// <param name="gamma">The factors.</param>
    /// <param name="beta">The summands.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="count">Tokens.</param>
    /// <param name="columns">Values of a token.</param>
    /// <param name="ranges">The ranges of numerators, denominators, quotients and results.</param>
    /// <param name="bits">Bits of a code, 2 to 8.</param>
    /// <param name="output">Receives the result; may be <paramref name="input"/> or <paramref name="residual"/>.</param>
    public static void Norm(
        ForwardPass pass, int site, ref float input, ref float residual, ref float gamma, ref float beta, float epsilon, int count, int columns,
        ref float ranges, int bits, ref float output)
    {
        if (pass.Observer is null)
        {
            RoundedLayerNorm.Rows(ref input, ref residual, ref gamma, ref beta, epsilon, count, columns, ref ranges, bits, ref output);
        }
        else
        {
            RoundingProbe.Norm(pass, site, ref input, ref residual, ref gamma, ref beta, epsilon, count, columns, ref output);
        }
    }
}
