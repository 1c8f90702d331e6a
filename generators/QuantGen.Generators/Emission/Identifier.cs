using System.Text;

namespace QuantGen.Generators.Emission;

/// <summary>Makes C# identifiers of model names: <c>encoder.layer.0.attention.self.query</c> is <c>EncoderLayer0AttentionSelfQuery</c>.</summary>
internal static class Identifier
{
    public static string Of(string name)
    {
        var text = new StringBuilder();
        bool upper = true;
        foreach (char c in name)
        {
            if (c is '.' or '_')
            {
                upper = true;
                continue;
            }

            text.Append(upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }

        return text.ToString();
    }

    /// <summary>Makes the name of a local variable or, behind an underscore, a field.</summary>
    public static string Field(string name)
    {
        string identifier = Of(name);
        return char.ToLowerInvariant(identifier[0]) + identifier.Substring(1);
    }

    /// <summary>Names one run of rows with equal bits; the first carries the plain name.</summary>
    public static string Of(string name, int segment) => segment == 0 ? Of(name) : FormattableString.Invariant($"{Of(name)}Part{segment + 1}");
}
