using System.Runtime.CompilerServices;
using QuantGen.Kernels;
using QuantGen.Lanes;

namespace QuantGen.Trainable.Kernels;

/// <summary>The backward pass of <see cref="LayerNorm"/>.</summary>
internal static class LayerNormGradient
{
    /// <summary>Computes the gradients of some tokens.</summary>
    /// <param name="input">What was normalized.</param>
    /// <param name="gamma">The factors.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="columns">Values of a token.</param>
    /// <param name="tokens">How many tokens.</param>
    /// <param name="gradient">Gradients of the result; become those of the input.</param>
    /// <param name="gammaGradient">The gradient of the factors over these tokens, added up in their order.</param>
    /// <param name="betaGradient">The gradient of the summands over these tokens, added up in their order.</param>
    public static void Run(
        ref float input, ref float gamma, float epsilon, int columns, int tokens, ref float gradient, ref float gammaGradient, ref float betaGradient)
    {
        for (int token = 0; token < tokens; token++)
        {
            ref float x = ref Unsafe.Add(ref input, (nint)token * columns);
            ref float g = ref Unsafe.Add(ref gradient, (nint)token * columns);
            if (LanesChoice.Use512)
            {
                Token<Lanes512>(ref x, ref gamma, epsilon, columns, ref g, ref gammaGradient, ref betaGradient);
            }
            else if (LanesChoice.Use256)
            {
                Token<Lanes256>(ref x, ref gamma, epsilon, columns, ref g, ref gammaGradient, ref betaGradient);
            }
            else if (LanesChoice.Use128)
            {
                Token<Lanes128>(ref x, ref gamma, epsilon, columns, ref g, ref gammaGradient, ref betaGradient);
            }
            else
            {
                Token<LanesScalar>(ref x, ref gamma, epsilon, columns, ref g, ref gammaGradient, ref betaGradient);
            }
        }
    }

    // With n = (x - mean) / deviation and h = gamma * gradient: dx = (h - mean(h) - n mean(h n)) / deviation.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Token<TLanes>(
        ref float x, ref float gamma, float epsilon, int columns, ref float gradient, ref float gammaGradient, ref float betaGradient)
        where TLanes : struct, ILanes<TLanes>
    {
        (float mean, float deviation) = LayerNormMoments.Of<TLanes>(ref x, epsilon, columns);
        TLanes means = TLanes.Broadcast(mean);
        TLanes inverses = TLanes.Broadcast(1f / deviation);
        TLanes sum = TLanes.Broadcast(0f);
        TLanes products = sum;
        for (int i = 0; i < columns; i += 16)
        {
            int count = Math.Min(16, columns - i);
            TLanes normal = (LanesTail.LoadUpTo<TLanes>(ref x, i, count, mean) - means) * inverses;
            TLanes g = LanesTail.LoadUpTo<TLanes>(ref gradient, i, count);
            TLanes scaled = g * LanesTail.LoadUpTo<TLanes>(ref gamma, i, count);
            sum += scaled;
            TLanes.Accumulate(ref products, scaled, normal);
            LanesTail.StoreUpTo(TLanes.MultiplyAdd(g, normal, LanesTail.LoadUpTo<TLanes>(ref gammaGradient, i, count)), ref gammaGradient, i, count);
            LanesTail.StoreUpTo(g + LanesTail.LoadUpTo<TLanes>(ref betaGradient, i, count), ref betaGradient, i, count);
        }

        TLanes meanOfScaled = TLanes.Broadcast(TLanes.Sum(sum) / columns);
        TLanes meanOfProducts = TLanes.Broadcast(TLanes.Sum(products) / columns);
        for (int i = 0; i < columns; i += 16)
        {
            int count = Math.Min(16, columns - i);
            TLanes normal = (LanesTail.LoadUpTo<TLanes>(ref x, i, count, mean) - means) * inverses;
            TLanes scaled = LanesTail.LoadUpTo<TLanes>(ref gradient, i, count) * LanesTail.LoadUpTo<TLanes>(ref gamma, i, count);
            LanesTail.StoreUpTo(TLanes.MultiplyAdd(-normal, meanOfProducts, scaled - meanOfScaled) * inverses, ref gradient, i, count);
        }
    }
}
