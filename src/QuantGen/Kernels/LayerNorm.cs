using System.Diagnostics;
using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>Layer normalization of one token (Ba, Kiros and Hinton, 2016).</summary>
/// <remarks>
/// Two passes: the mean from 16 lane sums, then the variance from squared differences, summed by fused steps the same way; both sums are
/// folded and divided by the number of columns. Then <c>((x - mean) * (1 / sqrt(variance + epsilon)))</c> times gamma plus beta, fused.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LayerNorm
{
    /// <summary>Normalizes one token.</summary>
    /// <param name="input">The token's values.</param>
    /// <param name="gamma">The factors.</param>
    /// <param name="beta">The summands.</param>
    /// <param name="epsilon">Added to the variance; positive.</param>
    /// <param name="columns">How many values there are, at least 1.</param>
    /// <param name="output">Receives the result; may be <paramref name="input"/>.</param>
    public static void Normalize(ref float input, ref float gamma, ref float beta, float epsilon, int columns, ref float output)
    {
        if (LanesChoice.Use512)
        {
            Run<Lanes512>(ref input, ref gamma, ref beta, epsilon, columns, ref output);
        }
        else if (LanesChoice.Use256)
        {
            Run<Lanes256>(ref input, ref gamma, ref beta, epsilon, columns, ref output);
        }
        else if (LanesChoice.Use128)
        {
            Run<Lanes128>(ref input, ref gamma, ref beta, epsilon, columns, ref output);
        }
        else
        {
            Run<LanesScalar>(ref input, ref gamma, ref beta, epsilon, columns, ref output);
        }
    }

    /// <summary>Adds the residual to one token, <c>input + residual</c>, and normalizes the sum.</summary>
    /// <param name="input">The token's values.</param>
    /// <param name="residual">The values to add.</param>
    /// <param name="gamma">The factors.</param>
    /// <param name="beta">The summands.</param>
    /// <param name="epsilon">Added to the variance; positive.</param>
    /// <param name="columns">How many values there are, at least 1.</param>
    /// <param name="output">Receives the result; may be <paramref name="input"/> or <paramref name="residual"/>.</param>
    public static void AddAndNormalize(
        ref float input, ref float residual, ref float gamma, ref float beta, float epsilon, int columns, ref float output) =>
        Add<PlainResidual>(ref input, ref residual, ref gamma, ref gamma, ref beta, epsilon, columns, ref output);

    /// <summary>Adds the residual to one token column by column times a factor, <c>residual * factor + input</c> in one fused step, and normalizes the
    /// sum.</summary>
    /// <param name="input">The token's values.</param>
    /// <param name="residual">The values to add.</param>
    /// <param name="factors">The residual's factors.</param>
    /// <param name="gamma">The normalization's factors.</param>
    /// <param name="beta">The summands.</param>
    /// <param name="epsilon">Added to the variance; positive.</param>
    /// <param name="columns">How many values there are, at least 1.</param>
    /// <param name="output">Receives the result; may be <paramref name="input"/> or <paramref name="residual"/>.</param>
    public static void AddScaledAndNormalize(
        ref float input, ref float residual, ref float factors, ref float gamma, ref float beta, float epsilon, int columns, ref float output) =>
        Add<ScaledResidual>(ref input, ref residual, ref factors, ref gamma, ref beta, epsilon, columns, ref output);

    /// <summary>Does the same on the given lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TLanes>(ref float input, ref float gamma, ref float beta, float epsilon, int columns, ref float output)
        where TLanes : struct, ILanes<TLanes>
    {
        Debug.Assert(columns >= 1 && epsilon > 0f);
        nuint whole = (nuint)columns & ~(nuint)15;
        TLanes total = TLanes.Broadcast(0f);
        for (nuint i = 0; i < whole; i += 16)
        {
            total += TLanes.Load(ref input, i);
        }

        if ((columns & 15) != 0)
        {
            total += LanesTail.Load<TLanes>(ref input, whole, columns & 15, 0f);
        }

        Finish(ref input, total, ref gamma, ref beta, epsilon, columns, ref output);
    }

    /// <summary>Does the same with a residual on the given lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void RunAdd<TLanes, TResidual>(
        ref float input, ref float residual, ref float factors, ref float gamma, ref float beta, float epsilon, int columns, ref float output)
        where TLanes : struct, ILanes<TLanes>
        where TResidual : struct, IResidual
    {
        Debug.Assert(columns >= 1 && epsilon > 0f);
        nuint whole = (nuint)columns & ~(nuint)15;
        int rest = columns & 15;
        TLanes total = TLanes.Broadcast(0f);
        for (nuint i = 0; i < whole; i += 16)
        {
            TLanes sum = Residuals.Add<TLanes, TResidual>(ref input, ref residual, ref factors, i, i);
            TLanes.Store(sum, ref output, i);
            total += sum;
        }

        if (rest != 0)
        {
            TLanes sum = Residuals.AddRest<TLanes, TResidual>(ref input, ref residual, ref factors, whole, rest);
            LanesTail.Store(sum, ref output, whole, rest);
            total += sum;
        }

        Finish(ref output, total, ref gamma, ref beta, epsilon, columns, ref output);
    }

    /// <summary>Computes 1 over the standard deviation from the sum of squared differences.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Inverse(float squares, float epsilon, int columns) => 1f / MathF.Sqrt((squares / columns) + epsilon);

    private static void Add<TResidual>(
        ref float input, ref float residual, ref float factors, ref float gamma, ref float beta, float epsilon, int columns, ref float output)
        where TResidual : struct, IResidual
    {
        if (LanesChoice.Use512)
        {
            RunAdd<Lanes512, TResidual>(ref input, ref residual, ref factors, ref gamma, ref beta, epsilon, columns, ref output);
        }
        else if (LanesChoice.Use256)
        {
            RunAdd<Lanes256, TResidual>(ref input, ref residual, ref factors, ref gamma, ref beta, epsilon, columns, ref output);
        }
        else if (LanesChoice.Use128)
        {
            RunAdd<Lanes128, TResidual>(ref input, ref residual, ref factors, ref gamma, ref beta, epsilon, columns, ref output);
        }
        else
        {
            RunAdd<LanesScalar, TResidual>(ref input, ref residual, ref factors, ref gamma, ref beta, epsilon, columns, ref output);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Finish<TLanes>(
        ref float input, TLanes total, ref float gamma, ref float beta, float epsilon, int columns, ref float output)
        where TLanes : struct, ILanes<TLanes>
    {
        nuint whole = (nuint)columns & ~(nuint)15;
        int rest = columns & 15;
        float mean = TLanes.Sum(total) / columns;
        TLanes means = TLanes.Broadcast(mean);
        TLanes squares = TLanes.Broadcast(0f);
        for (nuint i = 0; i < whole; i += 16)
        {
            TLanes difference = TLanes.Load(ref input, i) - means;
            TLanes.Accumulate(ref squares, difference, difference);
        }

        if (rest != 0)
        {
            // Filled with the mean, the missing lanes add 0 to the variance.
            TLanes difference = LanesTail.Load<TLanes>(ref input, whole, rest, mean) - means;
            TLanes.Accumulate(ref squares, difference, difference);
        }

        TLanes inverse = TLanes.Broadcast(Inverse(TLanes.Sum(squares), epsilon, columns));
        for (nuint i = 0; i < whole; i += 16)
        {
            TLanes normal = (TLanes.Load(ref input, i) - means) * inverse;
            TLanes.Store(TLanes.MultiplyAdd(normal, TLanes.Load(ref gamma, i), TLanes.Load(ref beta, i)), ref output, i);
        }

        if (rest != 0)
        {
            TLanes normal = (LanesTail.Load<TLanes>(ref input, whole, rest, 0f) - means) * inverse;
            TLanes factors = LanesTail.Load<TLanes>(ref gamma, whole, rest, 0f);
            TLanes summands = LanesTail.Load<TLanes>(ref beta, whole, rest, 0f);
            LanesTail.Store(TLanes.MultiplyAdd(normal, factors, summands), ref output, whole, rest);
        }
    }
}
