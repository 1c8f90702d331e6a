using QuantGen.Kernels;
using QuantGen.Quantization;

namespace QuantGen.Cli.Measuring;

/// <summary>How often each code occurs: 256 codes of which a random byte picks one.</summary>
/// <remarks>
/// Trained weights are close to a normal distribution, and that matters for speed: kernels add products of small weights in 16 bits for longer.
/// The ranges below are those that the default quantizer gives the weights of a trained classifier; that of 8 bits, where the largest weights decide, those of
/// most matrices of a published model, all-MiniLM-L6-v2.
/// </remarks>
internal static class NormalCodes
{
    private const int Count = 256;

    /// <summary>Makes the codes of normally distributed weights.</summary>
    /// <param name="range">The codes that a quantizer may produce.</param>
    /// <param name="bits">Bits of a code, 1 to 8.</param>
    public static byte[] Of(CodeRange range, int bits)
    {
        if (bits == 1)
        {
            return Uniform(range);
        }

        // The largest code in standard deviations of the weights: few codes are spent on the many small weights.
        float largest = bits switch
        {
            2 => 1.2f,
            3 => 1.9f,
            4 => 2.5f,
            5 => 3f,
            6 => 3.4f,
            7 => 3.7f,
            _ => 5f,
        };
        int zero = 1 << (bits - 1);
        float step = largest / (zero - 1);
        byte[] codes = new byte[Count];
        int at = 0;
        for (int code = range.Lowest; code <= range.Highest; code++)
        {
            int end = code == range.Highest ? Count : (int)MathF.Round(Count * Below((code - zero + 0.5f) * step));
            for (; at < end; at++)
            {
                codes[at] = (byte)code;
            }
        }

        return codes;
    }

    /// <summary>Makes codes that are all as frequent, but for the rest of a division.</summary>
    /// <param name="range">The codes.</param>
    public static byte[] Uniform(CodeRange range) =>
        [.. Enumerable.Range(0, Count).Select(i => (byte)(range.Lowest + (i % (range.Highest - range.Lowest + 1))))];

    // The share of a normal distribution below x, which is not 0: GELU is x times that.
    private static float Below(float x)
    {
        float product = x;
        Gelu.Erf(ref product, 1);
        return product / x;
    }
}
