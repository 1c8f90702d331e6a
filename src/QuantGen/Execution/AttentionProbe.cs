using QuantGen.Kernels;

namespace QuantGen.Execution;

/// <summary>Shows the operands of attention to an observer: queries, keys, values and probabilities, as sites that follow each other.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class AttentionProbe
{
    /// <summary>Computes attention in full precision, as <see cref="Attention"/> does, and shows its operands.</summary>
    /// <param name="pass">The batch, which has an observer.</param>
    /// <param name="site">Index of the queries' site.</param>
    /// <param name="use">Which use of a shared layer.</param>
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
    /// <param name="contextStride">Elements from one token to the next in the context.</param>
    public static void Run(
        ForwardPass pass, int site, int use, ref float query, ref float key, ref float value, int rowStride, int queries, int length, int headSize, float scale,
        ref float scratch, ref float context, int contextStride)
    {
        ActivationProbe.Observe(pass, site, use, ref query, rowStride, queries, headSize);
        ActivationProbe.Observe(pass, site + 1, use, ref key, rowStride, length, headSize);
        ActivationProbe.Observe(pass, site + 2, use, ref value, rowStride, length, headSize);
        Attention.RunSeen(
            ref query, ref key, ref value, rowStride, queries, length, headSize, scale, ref scratch, ref context, contextStride,
            (ref float first, int stride, int rows) => ActivationProbe.Observe(pass, site + 3, use, ref first, stride, rows, length));
    }
}
