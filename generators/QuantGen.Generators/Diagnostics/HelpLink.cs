namespace QuantGen.Generators.Diagnostics;

/// <summary>Says where a diagnostic is explained: at its own heading of the README.</summary>
internal static class HelpLink
{
    public static string For(string id) => "https://github.com/quantgen/quantgen#" + id.ToLowerInvariant();
}
