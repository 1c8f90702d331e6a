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
    public const string InputCenter = ".input_center";
    public const string Centers = ".centers";
    public const string Ranges = ".ranges";

    private const string Ensemble = "ensemble.";

    /// <summary>Gets what stands before the names of a member's own tensors: nothing for the first member.</summary>
    public static string Member(int member) => member == 0 ? string.Empty : FormattableString.Invariant($"{Ensemble}{member}.");

    /// <summary>Gets the name that a tensor of any member has in a model alone.</summary>
    public static ReadOnlySpan<char> WithoutMember(string name)
    {
        ReadOnlySpan<char> rest = name.StartsWith(Ensemble, StringComparison.Ordinal) ? name.AsSpan(Ensemble.Length) : name;
        return rest.Length == name.Length ? rest : rest[(rest.IndexOf('.') + 1)..];
    }
}
