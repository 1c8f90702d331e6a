using System.Globalization;

namespace QuantGen.Graph;

/// <summary>Canonical names of what belongs to a layer: <c>encoder.layer.0.output.dense</c>.</summary>
internal static class LayerNames
{
    private const string Prefix = "encoder.layer.";

    /// <summary>Gets the canonical name of a layer's part.</summary>
    /// <param name="layer">Index of the distinct layer.</param>
    /// <param name="part">Such as <c>attention.self.query</c>.</param>
    public static string Of(int layer, string part) => Prefix + layer.ToString(CultureInfo.InvariantCulture) + "." + part;

    /// <summary>Gets whether a name belongs to a layer.</summary>
    /// <param name="name">Any name.</param>
    public static bool IsInLayer(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Splits a name into layer and part.</summary>
    /// <param name="name">Any name.</param>
    /// <param name="layer">The layer; -1 where the name belongs to none.</param>
    /// <param name="part">The part inside it.</param>
    /// <returns>Whether the name belongs to a layer.</returns>
    public static bool Split(string name, out int layer, out string part)
    {
        layer = -1;
        part = name;
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        int end = name.IndexOf('.', Prefix.Length);
        if (end < 0 || !int.TryParse(name.Substring(Prefix.Length, end - Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out layer))
        {
            layer = -1;
            return false;
        }

        part = name.Substring(end + 1);
        return true;
    }
}
