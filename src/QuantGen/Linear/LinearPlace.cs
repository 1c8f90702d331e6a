namespace QuantGen.Linear;

/// <summary>Where generated code keeps one run of rows with equal bits: byte offsets into the arena.</summary>
/// <param name="Codes">Codes, or full-precision weights.</param>
/// <param name="Scales">Scales, or a codebook.</param>
/// <param name="Sums">Row sums.</param>
/// <param name="ZeroPoints">Zero points; 0 where there are none.</param>
/// <param name="Bias">Biases.</param>
/// <param name="Depths">Depths of panels whose kernel adds pairs; 0 where no kernel does.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct LinearPlace(long Codes, long Scales, long Sums, long ZeroPoints, long Bias, long Depths);
