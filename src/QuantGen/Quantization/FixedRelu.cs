namespace QuantGen.Quantization;

/// <summary>The rectifier of numbers of <see cref="FixedPoint.ArgumentBits"/>, which its results have, too.</summary>
public static class FixedRelu
{
    /// <summary>Computes it.</summary>
    /// <param name="q">The argument; cut to <see cref="FixedPoint.ArgumentLimit"/>.</param>
    public static int Of(int q) => Math.Clamp(q, 0, FixedPoint.ArgumentLimit);
}
