namespace QuantGen.Schemes;

/// <summary>Who finds the codes of weights.</summary>
public enum WeightFitter
{
    /// <summary>A range: that of a clipping after training, the largest magnitude in training. One bit is the mean magnitude with signs.</summary>
    Range,

    /// <summary>A clipping threshold for each group, which begins as the range that holds 95% of the values and may be learned.</summary>
    Threshold,

    /// <summary>At 2 bits a scale and a threshold for -1, 0 and 1 by least squared error; at more bits the largest magnitude; one bit as with
    /// <see cref="Range"/>.</summary>
    Ternary,

    /// <summary>k-means over all weights of a matrix.</summary>
    KMeans,

    /// <summary>The means of bins of equal width over all weights of a matrix.</summary>
    Bins,

    /// <summary>Two halves that a ternary matrix is split into, each the mean magnitude with signs.</summary>
    Split,

    /// <summary>At one bit the mean magnitude around the mean, with signs around it; else as <see cref="Ternary"/>.</summary>
    Centered,

    /// <summary>As <see cref="Centered"/>, but the scale is the mean magnitude around zero.</summary>
    CenteredSigns,
}
