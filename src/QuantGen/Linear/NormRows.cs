using System.Runtime.CompilerServices;
using QuantGen.Kernels;
using QuantGen.Lanes;

namespace QuantGen.Linear;

/// <summary>Residual and normalization of some tokens, the step after each linear layer that ends a half of an encoder layer.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class NormRows
{
    /// <summary>Computes LayerNorm(input + residual) for every token.</summary>
    /// <param name="input">First value of the first token.</param>
    /// <param name="residual">First value of the first token.</param>
    /// <param name="gamma">The normalization's factors.</param>
    /// <param name="beta">The normalization's summands.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="count">Tokens.</param>
    /// <param name="columns">Values of a token, which is also the stride of all three.</param>
    /// <param name="output">Receives the result; may be <paramref name="input"/> or <paramref name="residual"/>.</param>
    public static void AddAndNormalize(
        ref float input, ref float residual, ref float gamma, ref float beta, float epsilon, int count, int columns, ref float output)
    {
        int token = Pairs<PlainResidual>(ref input, ref residual, ref gamma, ref gamma, ref beta, epsilon, count, columns, ref output);
        for (; token < count; token++)
        {
            nint at = (nint)token * columns;
            LayerNorm.AddAndNormalize(
                ref Unsafe.Add(ref input, at), ref Unsafe.Add(ref residual, at), ref gamma, ref beta, epsilon, columns, ref Unsafe.Add(ref output, at));
        }
    }

    /// <summary>Computes LayerNorm(input + residual * factors) for every token.</summary>
    /// <param name="input">First value of the first token.</param>
    /// <param name="residual">First value of the first token.</param>
    /// <param name="factors">The residual's factors, one a column.</param>
    /// <param name="gamma">The normalization's factors.</param>
    /// <param name="beta">The normalization's summands.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="count">Tokens.</param>
    /// <param name="columns">Values of a token, which is also the stride of input, residual and output.</param>
    /// <param name="output">Receives the result; may be <paramref name="input"/> or <paramref name="residual"/>.</param>
    public static void AddScaledAndNormalize(
        ref float input, ref float residual, ref float factors, ref float gamma, ref float beta, float epsilon, int count, int columns, ref float output)
    {
        int token = Pairs<ScaledResidual>(ref input, ref residual, ref factors, ref gamma, ref beta, epsilon, count, columns, ref output);
        for (; token < count; token++)
        {
            nint at = (nint)token * columns;
            LayerNorm.AddScaledAndNormalize(
                ref Unsafe.Add(ref input, at), ref Unsafe.Add(ref residual, at), ref factors, ref gamma, ref beta, epsilon, columns,
                ref Unsafe.Add(ref output, at));
        }
    }

    // Gives the token behind the last pair.
    private static int Pairs<TResidual>(
        ref float input, ref float residual, ref float factors, ref float gamma, ref float beta, float epsilon, int count, int columns, ref float output)
        where TResidual : struct, IResidual => columns % 16 != 0 ? 0
        : LanesChoice.Use512
            ? Pairs<Lanes512, TResidual>(ref input, ref residual, ref factors, ref gamma, ref beta, epsilon, count, columns, ref output)
        : LanesChoice.Use256
            ? Pairs<Lanes256, TResidual>(ref input, ref residual, ref factors, ref gamma, ref beta, epsilon, count, columns, ref output)
        : 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Pairs<TLanes, TResidual>(
        ref float input, ref float residual, ref float factors, ref float gamma, ref float beta, float epsilon, int count, int columns, ref float output)
        where TLanes : struct, ILanes<TLanes>
        where TResidual : struct, IResidual
    {
        int token = 0;
        for (; token + 2 <= count; token += 2)
        {
            nint at = (nint)token * columns;
            LayerNormPair.RunAdd<TLanes, TResidual>(
                ref Unsafe.Add(ref input, at), ref Unsafe.Add(ref residual, at), ref factors, ref gamma, ref beta, epsilon, columns,
                ref Unsafe.Add(ref output, at));
        }

        return token;
    }
}
