namespace QuantGen;

/// <summary>Says how the range that the codes span is chosen; values outside it saturate.</summary>
public enum Clipping
{
    /// <summary>The smallest and the largest value: nothing saturates, and one outlier widens every step.</summary>
    MinMax = 0,

    /// <summary>The range that keeps a given share of the values, 99.9% unless said otherwise.</summary>
    Percentile = 1,

    /// <summary>The range with the smallest mean squared error after rounding; the choice for 4 bits and fewer.</summary>
    Mse = 2,
}
