namespace QuantGen;

/// <summary>Overrides the weight bits of the matrices whose names match a pattern; later attributes win over earlier ones.</summary>
/// <example><c>[LayerBits("encoder.layer.0-3.attention.*", 4)]</c></example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class LayerBitsAttribute : Attribute
{
    /// <summary>Gives <paramref name="bits"/> to every matrix that <paramref name="pattern"/> matches.</summary>
    /// <param name="pattern">
    /// A matrix name whose parts are separated by dots. <c>*</c> matches any text, dots included; <c>0-3</c> as a part matches the numbers 0 to 3.
    /// </param>
    /// <param name="bits">Bits of a weight: 1 to 8 or 32.</param>
    public LayerBitsAttribute(string pattern, int bits)
    {
        Pattern = pattern;
        Bits = bits;
    }

    /// <summary>Gets the pattern of matrix names.</summary>
    public string Pattern { get; }

    /// <summary>Gets the bits of a weight.</summary>
    public int Bits { get; }
}
