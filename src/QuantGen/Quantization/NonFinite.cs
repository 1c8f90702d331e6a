namespace QuantGen.Quantization;

/// <summary>Names NaN and the infinities the same in every message, whatever the culture.</summary>
internal static class NonFinite
{
    public static string Name(float value) => float.IsNaN(value) ? "NaN" : value > 0 ? "+infinity" : "-infinity";
}
