namespace QuantGen;

/// <summary>How the range of a quantizer is found from data; values outside it saturate.</summary>
public enum Clipping
{
    /// <summary>The smallest and the largest value: nothing saturates, and one outlier widens every step.</summary>
    MinMax = 0,

    /// <summary>The values at a percentile, 99.9 by default, so that few outliers do not stretch the range.</summary>
    Percentile = 1,

    /// <summary>The range with the least mean squared error after rounding; the choice for 4 bits and fewer.</summary>
    Mse = 2,
}
