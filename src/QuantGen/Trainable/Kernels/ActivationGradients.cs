using System.Runtime.CompilerServices;
using QuantGen.Kernels;
using QuantGen.Lanes;

namespace QuantGen.Trainable.Kernels;

/// <summary>Derivatives of elementwise functions, multiplied into gradients in place.</summary>
internal static class ActivationGradients
{
    /// <summary>Multiplies by Phi(x) + x phi(x), the derivative of <see cref="Gelu.Erf"/>.</summary>
    /// <param name="x">Arguments of the function.</param>
    /// <param name="gradient">Gradients of its values; become those of the arguments.</param>
    /// <param name="count">How many.</param>
    public static void GeluErf(ref float x, ref float gradient, int count) => Apply<GeluErfSlope>(ref x, ref gradient, count);

    /// <summary>Multiplies by the derivative of <see cref="Gelu.Tanh"/>.</summary>
    /// <param name="x">Arguments of the function.</param>
    /// <param name="gradient">Gradients of its values; become those of the arguments.</param>
    /// <param name="count">How many.</param>
    public static void GeluTanh(ref float x, ref float gradient, int count) => Apply<GeluTanhSlope>(ref x, ref gradient, count);

    /// <summary>Multiplies by 1 - y^2, the derivative of tanh where it is y.</summary>
    /// <param name="y">Values of the function.</param>
    /// <param name="gradient">Gradients of its values; become those of the arguments.</param>
    /// <param name="count">How many.</param>
    public static void Tanh(ref float y, ref float gradient, int count) => Apply<TanhSlope>(ref y, ref gradient, count);

    /// <summary>Multiplies by the derivative of <see cref="Activation.Relu"/>: 1 above 0, and 0 elsewhere.</summary>
    /// <param name="x">Arguments of the function.</param>
    /// <param name="gradient">Gradients of its values; become those of the arguments.</param>
    /// <param name="count">How many.</param>
    public static void Relu(ref float x, ref float gradient, int count) => Apply<ReluSlope>(ref x, ref gradient, count);

    /// <summary>Multiplies by s (1 + x (1 - s)) with the logistic function s, the derivative of <see cref="Activation.Silu"/>.</summary>
    /// <param name="x">Arguments of the function.</param>
    /// <param name="gradient">Gradients of its values; become those of the arguments.</param>
    /// <param name="count">How many.</param>
    public static void Silu(ref float x, ref float gradient, int count) => Apply<SiluSlope>(ref x, ref gradient, count);

    /// <summary>Multiplies by the derivative of <see cref="Activation.QuickGelu"/>, which is that of <see cref="Activation.Silu"/> at 1.702 x.</summary>
    /// <param name="x">Arguments of the function.</param>
    /// <param name="gradient">Gradients of its values; become those of the arguments.</param>
    /// <param name="count">How many.</param>
    public static void QuickGelu(ref float x, ref float gradient, int count) => Apply<QuickGeluSlope>(ref x, ref gradient, count);

    /// <summary>Multiplies by the derivative of an activation function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="x">Its arguments.</param>
    /// <param name="y">Its values.</param>
    /// <param name="gradient">Gradients of the values; become those of the arguments.</param>
    /// <param name="count">How many.</param>
    public static void Apply(HiddenActivation function, ref float x, ref float y, ref float gradient, int count)
    {
        switch (function)
        {
            case HiddenActivation.Gelu:
                GeluErf(ref x, ref gradient, count);
                break;
            case HiddenActivation.GeluNew:
                GeluTanh(ref x, ref gradient, count);
                break;
            case HiddenActivation.Tanh:
                Tanh(ref y, ref gradient, count);
                break;
            case HiddenActivation.Relu:
                Relu(ref x, ref gradient, count);
                break;
            case HiddenActivation.Silu:
                Silu(ref x, ref gradient, count);
                break;
            case HiddenActivation.QuickGelu:
                QuickGelu(ref x, ref gradient, count);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(function), function, "No kernel computes the gradient of this function.");
        }
    }

    private static void Apply<TSlope>(ref float x, ref float gradient, int count)
        where TSlope : struct, ILaneFunction
    {
        if (LanesChoice.Use512)
        {
            Run<TSlope, Lanes512>(ref x, ref gradient, count);
        }
        else if (LanesChoice.Use256)
        {
            Run<TSlope, Lanes256>(ref x, ref gradient, count);
        }
        else if (LanesChoice.Use128)
        {
            Run<TSlope, Lanes128>(ref x, ref gradient, count);
        }
        else
        {
            Run<TSlope, LanesScalar>(ref x, ref gradient, count);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Run<TSlope, TLanes>(ref float x, ref float gradient, int count)
        where TSlope : struct, ILaneFunction
        where TLanes : struct, ILanes<TLanes>
    {
        int whole = count & ~15;
        for (nuint i = 0; i < (nuint)whole; i += 16)
        {
            TLanes.Store(TLanes.Load(ref gradient, i) * TSlope.Compute(TLanes.Load(ref x, i)), ref gradient, i);
        }

        if (whole < count)
        {
            TLanes slope = TSlope.Compute(LanesTail.Load<TLanes>(ref x, (nuint)whole, count - whole, 0f));
            LanesTail.Store(LanesTail.Load<TLanes>(ref gradient, (nuint)whole, count - whole, 0f) * slope, ref gradient, (nuint)whole, count - whole);
        }
    }

    internal readonly struct GeluErfSlope : ILaneFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Compute<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes>
        {
            // 1 / sqrt(2 pi) in front of the density.
            TLanes half = TLanes.Broadcast(0.5f);
            TLanes distribution = TLanes.MultiplyAdd(half, Erf.Compute(x * TLanes.Broadcast(0.707106769f)), half);
            TLanes density = Exponential.Compute(x * x * TLanes.Broadcast(-0.5f)) * TLanes.Broadcast(0.398942292f);
            return TLanes.MultiplyAdd(x, density, distribution);
        }
    }

    internal readonly struct GeluTanhSlope : ILaneFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Compute<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes>
        {
            // The function is x s(v) with the logistic function s and v = sqrt(8 / pi) (x + 0.044715 x^3); s' = s (1 - s).
            TLanes square = x * x;
            TLanes one = TLanes.Broadcast(1f);
            TLanes exponent = x * TLanes.MultiplyAdd(square, TLanes.Broadcast(-0.0713548139f), TLanes.Broadcast(-1.59576917f));
            TLanes logistic = one / (one + Exponential.Compute(exponent));
            TLanes inner = TLanes.MultiplyAdd(square, TLanes.Broadcast(3 * 0.0713548139f), TLanes.Broadcast(1.59576917f));
            return TLanes.MultiplyAdd(x * (logistic * (one - logistic)), inner, logistic);
        }
    }

    internal readonly struct TanhSlope : ILaneFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Compute<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes> => TLanes.MultiplyAdd(-x, x, TLanes.Broadcast(1f));
    }

    internal readonly struct ReluSlope : ILaneFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Compute<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes> =>
            TLanes.SelectGreater(x, TLanes.Broadcast(0f), TLanes.Broadcast(1f), TLanes.Broadcast(0f));
    }

    internal readonly struct SiluSlope : ILaneFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Compute<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes>
        {
            // Beyond 88 the slope is 0 or 1 to all digits, and infinity times zero would be NaN.
            TLanes bounded = TLanes.Max(TLanes.Broadcast(-88f), TLanes.Min(TLanes.Broadcast(88f), x));
            TLanes one = TLanes.Broadcast(1f);
            TLanes logistic = one / (one + Exponential.Compute(-bounded));
            return logistic * TLanes.MultiplyAdd(bounded, one - logistic, one);
        }
    }

    internal readonly struct QuickGeluSlope : ILaneFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Compute<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes> => SiluSlope.Compute(x * TLanes.Broadcast(1.702f));
    }
}
