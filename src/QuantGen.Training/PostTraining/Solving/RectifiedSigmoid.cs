using System.Runtime.CompilerServices;
using QuantGen.Kernels;
using QuantGen.Lanes;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>AdaRound's relaxation of a choice between rounding down and up, and what drives it to one of the two (Nagel et al., ICML 2020).</summary>
internal readonly struct RectifiedSigmoid : ILaneFunction
{
    private const float Stretch = 1.2f;
    private const float Low = -0.1f;

    /// <summary>Computes how much of a step is added to the lower code, 0 to 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Compute<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1f);
        TLanes sigmoid = one / (one + Exponential.Compute(-x));
        TLanes share = TLanes.MultiplyAdd(sigmoid, TLanes.Broadcast(Stretch), TLanes.Broadcast(Low));
        return TLanes.Min(one, TLanes.Max(TLanes.Broadcast(0f), share));
    }

    /// <summary>Returns the slope of the share with respect to the variable; 0 where the share is clipped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Slope(float share)
    {
        float sigmoid = (share - Low) * (1f / Stretch);
        return share is <= 0f or >= 1f ? 0f : sigmoid * (1f - sigmoid) * Stretch;
    }

    /// <summary>Returns the variable whose share is a fraction from 0 to below 1.</summary>
    public static float Inverse(float fraction) => -MathF.Log((Stretch / (fraction - Low)) - 1f);

    /// <summary>Returns <c>1 - |2 h - 1|^beta</c> for a share h: 0 once the choice is made.</summary>
    public static float Indecision(float share, float beta) => 1f - MathF.Pow(MathF.Abs((2f * share) - 1f), beta);

    /// <summary>Returns the slope of the indecision with respect to the share.</summary>
    public static float IndecisionSlope(float share, float beta)
    {
        float offset = (2f * share) - 1f;
        return -2f * beta * MathF.Pow(MathF.Abs(offset), beta - 1f) * MathF.Sign(offset);
    }

    /// <summary>Returns the exponent at a step: 20 through the first fifth, then linearly down to 2.</summary>
    public static double Beta(int step, int steps)
    {
        double begin = 0.2 * steps;
        return step < begin ? 20 : 2 + (18 * Math.Max(0, 1 - ((step - begin) / (steps - begin))));
    }
}
