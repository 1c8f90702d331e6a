using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>The two forms of the Gaussian error linear unit (Hendrycks and Gimpel, 2016), in place.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Gelu
{
    /// <summary>Applies x (1 + erf(x / sqrt 2)) / 2, BERT's <c>gelu</c>.</summary>
    /// <remarks>The error is at most 3e-7 max(1, |x|). NaN stays NaN.</remarks>
    /// <param name="values">The first of the values.</param>
    /// <param name="count">How many there are.</param>
    public static void Erf(ref float values, int count) => Elementwise.Apply<ErfForm>(ref values, count);

    /// <summary>Applies x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, ALBERT's <c>gelu_new</c>.</summary>
    /// <remarks>The error is at most 3e-7 max(1, |x|). NaN stays NaN.</remarks>
    /// <param name="values">The first of the values.</param>
    /// <param name="count">How many there are.</param>
    public static void Tanh(ref float values, int count) => Elementwise.Apply<TanhForm>(ref values, count);

    /// <summary>The form with the error function.</summary>
    internal readonly struct ErfForm : ILaneFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Compute<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes half = x * TLanes.Broadcast(0.5f);
            TLanes erf = Kernels.Erf.Compute(x * TLanes.Broadcast(0.707106769f));
            return TLanes.MultiplyAdd(half, erf, half);
        }
    }

    /// <summary>The form with the hyperbolic tangent, as x / (1 + e^(-2u)), which equals x (1 + tanh u) / 2.</summary>
    internal readonly struct TanhForm : ILaneFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Compute<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes>
        {
            // -2 sqrt(2 / pi) and 0.044715 times that.
            TLanes slope = TLanes.MultiplyAdd(x * x, TLanes.Broadcast(-0.0713548139f), TLanes.Broadcast(-1.59576917f));
            return x / (TLanes.Broadcast(1f) + Exponential.Compute(x * slope));
        }
    }
}
