using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>How a residual meets what is normalized; decided while a kernel is compiled.</summary>
internal interface IResidual
{
    /// <summary>Gets whether each column of the residual is multiplied by a factor first.</summary>
    static abstract bool HasFactors { get; }
}

/// <summary>A residual as it is.</summary>
internal readonly struct PlainResidual : IResidual
{
    public static bool HasFactors => false;
}

/// <summary>A residual with a factor for each column.</summary>
internal readonly struct ScaledResidual : IResidual
{
    public static bool HasFactors => true;
}

/// <summary>Adds residuals: <c>input + residual</c>, or <c>residual * factor + input</c> in one fused step, which is the same where factors are 1.</summary>
internal static class Residuals
{
    /// <summary>Adds sixteen columns.</summary>
    /// <param name="input">What is normalized.</param>
    /// <param name="residual">What is added.</param>
    /// <param name="factors">The factors; not read where there are none.</param>
    /// <param name="at">The column.</param>
    /// <param name="inputAt">Where the column stands in input and residual.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Add<TLanes, TResidual>(ref float input, ref float residual, ref float factors, nuint at, nuint inputAt)
        where TLanes : struct, ILanes<TLanes>
        where TResidual : struct, IResidual
    {
        TLanes x = TLanes.Load(ref input, inputAt);
        TLanes r = TLanes.Load(ref residual, inputAt);
        return TResidual.HasFactors ? TLanes.MultiplyAdd(r, TLanes.Load(ref factors, at), x) : x + r;
    }

    /// <summary>Adds the last columns, fewer than sixteen; lanes behind them are 0.</summary>
    /// <param name="input">What is normalized.</param>
    /// <param name="residual">What is added.</param>
    /// <param name="factors">The factors; not read where there are none.</param>
    /// <param name="at">The first of the columns.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes AddRest<TLanes, TResidual>(ref float input, ref float residual, ref float factors, nuint at, int count)
        where TLanes : struct, ILanes<TLanes>
        where TResidual : struct, IResidual
    {
        TLanes x = LanesTail.Load<TLanes>(ref input, at, count, 0f);
        TLanes r = LanesTail.Load<TLanes>(ref residual, at, count, 0f);
        return TResidual.HasFactors ? TLanes.MultiplyAdd(r, LanesTail.Load<TLanes>(ref factors, at, count, 0f), x) : x + r;
    }
}
