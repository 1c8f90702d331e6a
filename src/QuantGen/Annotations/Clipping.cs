namespace QuantGen;

/// <summary>How the range of a quantizer is found from data.</summary>
public enum Clipping
{
    /// <summary>The smallest and the largest value.</summary>
    MinMax,

    /// <summary>The values at a percentile, 99.9 by default, so that few outliers do not stretch the range.</summary>
    Percentile,

    /// <summary>The range with the least mean squared error after rounding.</summary>
    Mse,
}
