using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QuantGen.Kernels;

namespace QuantGen.Execution;

/// <summary>Computes in full precision the steps whose results a model that rounds everything rounds, and shows them to an observer where there is
/// one.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RoundingProbe
{
    /// <summary>Shows what a layer made.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="site">Index of the site.</param>
    /// <param name="values">The first token's outputs; rows have no gaps.</param>
    /// <param name="count">Tokens.</param>
    /// <param name="columns">Values of a token.</param>
    public static void Output(ForwardPass pass, int site, ref float values, int count, int columns) =>
        ActivationProbe.Observe(pass, site, use: 0, ref values, columns, count, columns);

    /// <summary>Adds a token's embeddings, normalizes their sum and shows both.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="site">Index of the sum's site; those of the normalization follow.</param>
    /// <param name="word">The word's values.</param>
    /// <param name="tokenType">The token type's; a null reference where tokens have no types.</param>
    /// <param name="position">The position's.</param>
    /// <param name="gamma">The normalization's factors.</param>
    /// <param name="beta">The normalization's summands.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="columns">The width of the embedding.</param>
    /// <param name="output">Receives the embedding.</param>
    public static void Embedding(
        ForwardPass pass, int site, ref float word, ref float tokenType, ref float position, ref float gamma, ref float beta, float epsilon, int columns,
        ref float output)
    {
        bool hasTypes = !Unsafe.IsNullRef(ref tokenType);
        for (int i = 0; i < columns; i++)
        {
            float typed = hasTypes ? Unsafe.Add(ref word, i) + Unsafe.Add(ref tokenType, i) : Unsafe.Add(ref word, i);
            Unsafe.Add(ref output, i) = typed + Unsafe.Add(ref position, i);
        }

        Output(pass, site, ref output, 1, columns);
        Norm(pass, site + 1, ref output, ref Unsafe.NullRef<float>(), ref gamma, ref beta, epsilon, 1, columns, ref output);
    }

    /// <summary>Normalizes tokens, or their sums with residuals, and shows numerators, denominators, quotients and results.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="site">Index of the numerators' site; the others follow.</param>
    /// <param name="input">The first token's values; rows have no gaps.</param>
    /// <param name="residual">The first token's values to add; a null reference for nothing.</param>
    /// <param name="gamma">The factors.</param>
    /// <param name="beta">The summands.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="count">Tokens.</param>
    /// <param name="columns">Values of a token.</param>
    /// <param name="output">Receives the result; may be <paramref name="input"/> or <paramref name="residual"/>.</param>
    public static void Norm(
        ForwardPass pass, int site, ref float input, ref float residual, ref float gamma, ref float beta, float epsilon, int count, int columns,
        ref float output)
    {
        for (int token = 0; token < count; token++)
        {
            nint at = (nint)token * columns;
            ref float row = ref Unsafe.Add(ref output, at);
            for (int i = 0; i < columns; i++)
            {
                float value = Unsafe.Add(ref input, at + i);
                Unsafe.Add(ref row, i) = Unsafe.IsNullRef(ref residual) ? value : value + Unsafe.Add(ref residual, at + i);
            }

            if (pass.Observer is not null)
            {
                Show(pass.Observer, site, MemoryMarshal.CreateReadOnlySpan(ref row, columns), epsilon);
            }

            LayerNorm.Normalize(ref row, ref gamma, ref beta, epsilon, columns, ref row);
            Output(pass, site + 3, ref row, 1, columns);
        }
    }

    /// <summary>Computes attention in full precision and shows its operands and softmax's denominators.</summary>
    /// <param name="pass">The batch, which has an observer.</param>
    /// <param name="site">Index of the queries' site.</param>
    /// <param name="denominator">Index of the denominators' site.</param>
    /// <param name="query">The head's slice of the first token's query.</param>
    /// <param name="key">The head's slice of the first token's key.</param>
    /// <param name="value">The head's slice of the first token's value.</param>
    /// <param name="rowStride">Elements from one token to the next in all three.</param>
    /// <param name="queries">How many queries.</param>
    /// <param name="length">Tokens in the sequence.</param>
    /// <param name="headSize">The head's dimensions.</param>
    /// <param name="scale">Multiplies the scores.</param>
    /// <param name="scratch">Memory as <see cref="Attention.ScratchFloats"/> says.</param>
    /// <param name="context">Receives the head's slice of the first token's context.</param>
    public static void Attention(
        ForwardPass pass, int site, int denominator, ref float query, ref float key, ref float value, int rowStride, int queries, int length, int headSize,
        float scale, ref float scratch, ref float context)
    {
        ActivationProbe.Observe(pass, site, use: 0, ref query, rowStride, queries, headSize);
        ActivationProbe.Observe(pass, site + 1, use: 0, ref key, rowStride, length, headSize);
        ActivationProbe.Observe(pass, site + 2, use: 0, ref value, rowStride, length, headSize);
        Kernels.Attention.RunSeen(
            ref query, ref key, ref value, rowStride, queries, length, headSize, scale, ref scratch, ref context, rowStride,
            (ref float first, int stride, int rows) =>
            {
                ActivationProbe.Observe(pass, site + 3, use: 0, ref first, stride, rows, length);
                for (int i = 0; i < rows; i++)
                {
                    // The largest score's numerator is 1, so that its probability is 1 over the denominator.
                    float largest = 0f;
                    for (int j = 0; j < length; j++)
                    {
                        largest = MathF.Max(largest, Unsafe.Add(ref first, (i * stride) + j));
                    }

                    pass.Observer!.Observe(denominator, 0, [1f / largest]);
                }
            });
    }

    private static void Show(IActivationObserver observer, int site, ReadOnlySpan<float> values, float epsilon)
    {
        double mean = 0;
        double squares = 0;
        foreach (float value in values)
        {
            mean += value;
        }

        mean /= values.Length;
        foreach (float value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        float deviation = (float)Math.Sqrt((squares / values.Length) + epsilon);
        float[] numerators = new float[values.Length];
        for (int i = 0; i < numerators.Length; i++)
        {
            numerators[i] = (float)(values[i] - mean);
        }

        observer.Observe(site, 0, numerators);
        observer.Observe(site + 1, 0, [deviation]);
        observer.Observe(site + 2, 0, Array.ConvertAll(numerators, numerator => numerator / deviation));
    }
}
