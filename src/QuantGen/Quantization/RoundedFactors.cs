namespace QuantGen.Quantization;

/// <summary>Factors of normalizations as a model that rounds everything has them: values of codes over their range (FullyQT).</summary>
internal static class RoundedFactors
{
    /// <summary>Rounds them in place, with one range for all.</summary>
    /// <param name="factors">The factors.</param>
    /// <param name="bits">Bits of a code, 2 to 8.</param>
    public static void Round(Span<float> factors, int bits)
    {
        (float low, float high) = RangeEstimator.FiniteExtremes(factors);
        LinearQuantizer.FakeQuantize(factors, QuantizationParameters.Offset(low, high, bits), CodeRange.For(Mapping.Offset, bits), factors);
    }
}
