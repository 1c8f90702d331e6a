using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>The activation functions, in place. Generated code calls them by the names of <see cref="HiddenActivation"/>.</summary>
public static class Activation
{
    /// <summary>Applies <see cref="HiddenActivation.Gelu"/>.</summary>
    /// <param name="values">The first of the values.</param>
    /// <param name="count">How many there are.</param>
    public static void Gelu(ref float values, int count) => Kernels.Gelu.Erf(ref values, count);

    /// <summary>Applies <see cref="HiddenActivation.GeluNew"/>.</summary>
    /// <param name="values">The first of the values.</param>
    /// <param name="count">How many there are.</param>
    public static void GeluNew(ref float values, int count) => Kernels.Gelu.Tanh(ref values, count);

    /// <summary>Applies <see cref="HiddenActivation.Tanh"/>.</summary>
    /// <param name="values">The first of the values.</param>
    /// <param name="count">How many there are.</param>
    public static void Tanh(ref float values, int count) => Kernels.Tanh.Apply(ref values, count);

    /// <summary>Applies <see cref="HiddenActivation.Relu"/>, max(0, x).</summary>
    /// <remarks>Exact. NaN stays NaN.</remarks>
    /// <param name="values">The first of the values.</param>
    /// <param name="count">How many there are.</param>
    public static void Relu(ref float values, int count) => Elementwise.Apply<ReluForm>(ref values, count);

    /// <summary>Applies <see cref="HiddenActivation.Silu"/>, x / (1 + e^-x).</summary>
    /// <remarks>The error is at most 3e-7 max(1, |x|). Minus infinity gives 0, NaN stays NaN.</remarks>
    /// <param name="values">The first of the values.</param>
    /// <param name="count">How many there are.</param>
    public static void Silu(ref float values, int count) => Elementwise.Apply<SiluForm>(ref values, count);

    /// <summary>Applies <see cref="HiddenActivation.QuickGelu"/>, x / (1 + e^(-1.702 x)).</summary>
    /// <remarks>The error is at most 3e-7 max(1, |x|). Minus infinity gives 0, NaN stays NaN.</remarks>
    /// <param name="values">The first of the values.</param>
    /// <param name="count">How many there are.</param>
    public static void QuickGelu(ref float values, int count) => Elementwise.Apply<QuickGeluForm>(ref values, count);

    /// <summary>Applies a function that is known only when the program runs.</summary>
    /// <param name="function">The function.</param>
    /// <param name="values">The first of the values.</param>
    /// <param name="count">How many there are.</param>
    public static void Apply(HiddenActivation function, ref float values, int count) => Apply(function, ref values, ref values, count);

    /// <summary>Does the same from one place to another.</summary>
    /// <param name="function">The function.</param>
    /// <param name="values">The first of the values.</param>
    /// <param name="target">Where the first of the results goes; the place of the values or one that shares none of them.</param>
    /// <param name="count">How many there are.</param>
    internal static void Apply(HiddenActivation function, ref float values, ref float target, int count)
    {
        switch (function)
        {
            case HiddenActivation.Gelu:
                Elementwise.Apply<Kernels.Gelu.ErfForm>(ref values, ref target, count);
                break;
            case HiddenActivation.GeluNew:
                Elementwise.Apply<Kernels.Gelu.TanhForm>(ref values, ref target, count);
                break;
            case HiddenActivation.Tanh:
                Elementwise.Apply<Kernels.Tanh.Function>(ref values, ref target, count);
                break;
            case HiddenActivation.Relu:
                Elementwise.Apply<ReluForm>(ref values, ref target, count);
                break;
            case HiddenActivation.Silu:
                Elementwise.Apply<SiluForm>(ref values, ref target, count);
                break;
            case HiddenActivation.QuickGelu:
                Elementwise.Apply<QuickGeluForm>(ref values, ref target, count);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(function), function, "No kernel computes this function.");
        }
    }

    // x / (1 + e^-v) for v of the sign of x. The exponential saturates at a finite value, so that large negative x would not tend to 0: from
    // v = -88 on the quotient is less than 1e-36 for all v that x has, and becomes 0. NaN is not less.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes TimesLogistic<TLanes>(TLanes x, TLanes v)
        where TLanes : struct, ILanes<TLanes> => TLanes.SelectGreater(
            TLanes.Broadcast(-88f), v, TLanes.Broadcast(0f), x / (TLanes.Broadcast(1f) + Exponential.Compute(-v)));

    /// <summary>The rectifier.</summary>
    internal readonly struct ReluForm : ILaneFunction
    {
        // The order of the operands decides what NaN gives: the second one.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Compute<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes> => TLanes.Max(TLanes.Broadcast(0f), x);
    }

    /// <summary>The product of a number and its logistic function.</summary>
    internal readonly struct SiluForm : ILaneFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Compute<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes> => TimesLogistic(x, x);
    }

    /// <summary>The product of a number and the logistic function of 1.702 times it.</summary>
    internal readonly struct QuickGeluForm : ILaneFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Compute<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes> => TimesLogistic(x, x * TLanes.Broadcast(1.702f));
    }
}
