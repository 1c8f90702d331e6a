namespace QuantGen.Packed;

/// <summary>What follows a matrix's or a site's name in the names of its tensors.</summary>
internal static class PackedNames
{
    public const string Codes = ".codes";
    public const string Scales = ".scales";
    public const string Codebook = ".codebook";
    public const string ZeroPoints = ".zero_points";
    public const string InputScale = ".input_scale";
    public const string InputZeroPoint = ".input_zero_point";
    public const string InputShift = ".input_shift";
}
