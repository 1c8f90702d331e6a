using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>Softmax whose numerators and denominator are codes (FullyQT, Prato et al. 2020).</summary>
/// <remarks>
/// With n = 2^bits - 1 and scores s of a row it is
/// <code>
/// e[j] = round(exp(s[j] - max s) * n)     codes of numerators, whose range is from 0 to 1     z = R(sum e * (1 / n))     denominator
/// </code>
/// and a probability is e[j] * ((1 / n) * (1 / z)). Codes of numerators are a step function of the score with 2^bits steps: the paper's table of it is the
/// rounded exponential, computed here by the polynomial that all of the library uses, so that no score has to be rounded first. Sums of codes are exact.
/// </remarks>
internal static class RoundedSoftmax
{
    /// <summary>Replaces a row's scores by codes of numerators.</summary>
    /// <param name="row">The scores.</param>
    /// <param name="terms">What is added to the scores first, one for each key.</param>
    /// <param name="length">How many keys there are, at least 1.</param>
    /// <param name="padded">Where the row ends, a multiple of 16; codes from <paramref name="length"/> on become 0.</param>
    /// <param name="denominators">The range of denominators, at the bits of numerators.</param>
    /// <returns>What codes are multiplied by to be probabilities.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Numerators<TLanes>(ref float row, ref float terms, int length, int padded, ActivationParameters denominators)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes largest = TLanes.Broadcast(float.NegativeInfinity);
        for (int i = 0; i < length; i += 16)
        {
            int count = Math.Min(16, length - i);
            TLanes score = LanesTail.LoadUpTo<TLanes>(ref row, i, count, float.NegativeInfinity) + LanesTail.LoadUpTo<TLanes>(ref terms, i, count);
            LanesTail.StoreUpTo(score, ref row, i, count);
            largest = TLanes.Max(score, largest);
        }

        // Keys that only fill the last vector get code 0, which changes no sum.
        Attention.Fill(ref Unsafe.Add(ref row, length), padded - length, float.NegativeInfinity);
        TLanes max = TLanes.Broadcast(TLanes.MaxFold(largest));
        TLanes steps = TLanes.Broadcast(denominators.Highest);
        TLanes total = TLanes.Broadcast(0f);
        for (nuint i = 0; i < (nuint)padded; i += 16)
        {
            TLanes power = Exponential.Compute(TLanes.Load(ref row, i) - max) * steps;
            TLanes code = ActivationQuantizer.Round(power, TLanes.Broadcast(0f), steps);
            TLanes.Store(code, ref row, i);
            total += code;
        }

        return Factor(TLanes.Sum(total), denominators);
    }

    /// <summary>Computes what codes of numerators are multiplied by to be probabilities.</summary>
    /// <param name="sum">The sum of a row's codes.</param>
    /// <param name="denominators">The range of denominators.</param>
    internal static float Factor(float sum, ActivationParameters denominators)
    {
        float step = 1f / denominators.Highest;
        return step * RoundedLayerNorm.Inverse(denominators, sum * step);
    }
}
