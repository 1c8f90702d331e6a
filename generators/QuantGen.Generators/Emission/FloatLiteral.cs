using System.Globalization;

namespace QuantGen.Generators.Emission;

/// <summary>Writes floats as C# literals that read back to the same bits on every runtime.</summary>
internal static class FloatLiteral
{
    public static string Of(float value)
    {
        if (float.IsNaN(value))
        {
            return "float.NaN";
        }

        if (float.IsInfinity(value))
        {
            return value > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity";
        }

        // Nine digits always round-trip; the default format of .NET Framework does not.
        return value == 0 && 1 / value < 0 ? "-0f" : value.ToString("G9", CultureInfo.InvariantCulture) + "f";
    }
}
