namespace QuantGen.Quantization;

/// <summary>One output of a head's last layer, of <see cref="FixedPoint.LogitBits"/>, from a sum of 64 bits.</summary>
public static class FixedOutput
{
    /// <summary>Computes it: <c>clamp((sum + half) >> shift) + bias</c>, cut to <see cref="FixedPoint.TermLimit"/> before the bias is added.</summary>
    /// <param name="sum">The sum of inputs times weights, below 2^62 in magnitude.</param>
    /// <param name="shift">1 to 62.</param>
    /// <param name="bias">Up to <see cref="FixedPoint.TermLimit"/> in magnitude.</param>
    public static int Of(long sum, int shift, int bias) =>
        (int)Math.Clamp((sum + (1L << (shift - 1))) >> shift, -FixedPoint.TermLimit, FixedPoint.TermLimit) + bias;
}
