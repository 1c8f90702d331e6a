namespace QuantGen.Quantization;

/// <summary>A range of real values to be spread over the codes; includes 0, but for those of <see cref="OffsetObserver"/>.</summary>
/// <param name="Low">Lowest value, 0 or below where the range includes it.</param>
/// <param name="High">Highest value, 0 or above where the range includes it.</param>
internal readonly record struct QuantizationRange(float Low, float High)
{
    /// <summary>Returns scale and zero point of asymmetric codes over this range.</summary>
    /// <param name="bits">Width of a code, 2 to 8.</param>
    public QuantizationParameters Asymmetric(int bits) => QuantizationParameters.Asymmetric(Low, High, bits);

    /// <summary>Returns scale and zero point of symmetric codes that reach the farther end of this range.</summary>
    /// <param name="bits">Width of a code, 2 to 8.</param>
    public QuantizationParameters Symmetric(int bits) => QuantizationParameters.Symmetric(MathF.Max(-Low, High), bits);

    /// <summary>Returns scale and center of codes over this range as it is.</summary>
    /// <param name="bits">Width of a code, 2 to 8.</param>
    public QuantizationParameters Offset(int bits) => QuantizationParameters.Offset(Low, High, bits);
}
