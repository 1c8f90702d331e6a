using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>The hyperbolic tangent, as one fixed sequence of fused steps.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Tanh
{
    /// <summary>Computes tanh(x) within 2e-7 absolute; odd, 0 at 0, and NaN for NaN.</summary>
    /// <remarks>(1 - q) / (1 + q) with q = e^(-2|x|), and the sign of x.</remarks>
    /// <typeparam name="TLanes">The lanes to compute on.</typeparam>
    /// <param name="x">The arguments.</param>
    /// <returns>The values, in -1..1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Compute<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1f);
        TLanes magnitude = TLanes.Abs(x);
        TLanes q = Exponential.Compute(magnitude * TLanes.Broadcast(-2f));
        TLanes result = TLanes.CopySign((one - q) / (one + q), x);
        return TLanes.SelectGreater(magnitude, TLanes.Broadcast(-1f), result, x);
    }

    /// <summary>Applies tanh in place.</summary>
    /// <param name="values">The first of the values.</param>
    /// <param name="count">How many there are.</param>
    public static void Apply(ref float values, int count) => Elementwise.Apply<Function>(ref values, count);

    /// <summary>The function for <see cref="Elementwise"/>.</summary>
    internal readonly struct Function : ILaneFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Compute<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes> => Tanh.Compute(x);
    }
}
