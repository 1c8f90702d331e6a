namespace QuantGen.Quantization;

/// <summary>tanh by <see cref="FixedExponential"/>: <c>(1 - e) / (1 + e)</c> with <c>e = exp(-2 |x|)</c>.</summary>
/// <remarks>Its results have <see cref="FixedPoint.StateBits"/>.</remarks>
public static class FixedTanh
{
    /// <summary>Computes it.</summary>
    /// <param name="q">The argument, of <see cref="FixedPoint.ArgumentBits"/>, so that |q| is 2 |x| of <see cref="FixedPoint.ScoreBits"/>.</param>
    public static int Of(int q)
    {
        int e = FixedExponential.Of(Math.Abs(Math.Max(q, -FixedExponential.Limit)));
        long one = FixedExponential.One;
        long quotient = ((one - e) << FixedPoint.StateBits) / (one + e);
        return (int)(q < 0 ? -quotient : quotient);
    }
}
