using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace QuantGen.Linear;

/// <summary>Adds the outputs of the two halves of a layer whose weights are a pair of one-bit matrices.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PairedRows
{
    /// <summary>Adds halves that stand side by side.</summary>
    /// <param name="halves">The first token's outputs of the first half; behind them are those of the second.</param>
    /// <param name="stride">Floats from token to token.</param>
    /// <param name="rows">Outputs of a half.</param>
    /// <param name="output">First output of the first token.</param>
    /// <param name="outputStride">Floats from token to token.</param>
    /// <param name="tokens">Number of tokens.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ref float halves, int stride, int rows, ref float output, int outputStride, int tokens)
    {
        nuint whole = (nuint)rows & ~(nuint)15;
        for (int token = 0; token < tokens; token++)
        {
            ref float first = ref Unsafe.Add(ref halves, (nint)token * stride);
            ref float second = ref Unsafe.Add(ref first, rows);
            ref float target = ref Unsafe.Add(ref output, (nint)token * outputStride);
            for (nuint i = 0; i < whole; i += 16)
            {
                (Vector512.LoadUnsafe(ref first, i) + Vector512.LoadUnsafe(ref second, i)).StoreUnsafe(ref target, i);
            }

            for (nuint i = whole; i < (nuint)rows; i++)
            {
                Unsafe.Add(ref target, i) = Unsafe.Add(ref first, i) + Unsafe.Add(ref second, i);
            }
        }
    }
}
