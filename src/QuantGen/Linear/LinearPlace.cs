namespace QuantGen.Linear;

/// <summary>Where generated code keeps one run of rows with equal bits: byte offsets into the arena.</summary>
/// <param name="Codes">Codes, or full-precision weights.</param>
/// <param name="Scales">Scales, or a codebook.</param>
/// <param name="Sums">Row sums.</param>
/// <param name="ZeroPoints">Zero points; 0 where there are none.</param>
/// <param name="Bias">Biases.</param>
/// <param name="Depths">Depths of panels whose kernel adds pairs; 0 where no kernel does.</param>
/// <param name="Shift">What multipliers of integers have in common; 0 where scales are floats.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct LinearPlace(long Codes, long Scales, long Sums, long ZeroPoints, long Bias, long Depths, long Shift = 0)
{
    /// <summary>Makes places out of those inside a block of weights; what is left out is not there.</summary>
    /// <param name="block">Where the block begins.</param>
    /// <param name="codes">Codes, or full-precision weights.</param>
    /// <param name="bias">Biases.</param>
    /// <param name="scales">Scales, or a codebook.</param>
    /// <param name="sums">Row sums.</param>
    /// <param name="zeroPoints">Zero points.</param>
    /// <param name="depths">Depths of panels.</param>
    /// <param name="shift">What multipliers have in common.</param>
    public static LinearPlace In(
        long block, long codes, long bias, long scales = -1, long sums = -1, long zeroPoints = -1, long depths = -1, long shift = -1)
    {
        return new LinearPlace(block + codes, At(scales), At(sums), At(zeroPoints), block + bias, At(depths), At(shift));

        long At(long place) => place < 0 ? 0 : block + place;
    }
}
