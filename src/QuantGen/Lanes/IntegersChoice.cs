using System.Runtime.Intrinsics.X86;

namespace QuantGen.Lanes;

/// <summary>
/// Names the integer lanes this process runs on, as <see cref="LanesChoice"/> those of floats; where none do, definitions run in plain loops.
/// </summary>
internal static class IntegersChoice
{
    /// <summary>Gets whether <see cref="Integers512"/> runs here and is preferred.</summary>
    public static bool Use512 => LanesChoice.Use512;

    /// <summary>Gets whether <see cref="Integers256"/> runs here.</summary>
    public static bool Use256 => LanesChoice.Use256 && Avx2.IsSupported;

    /// <summary>Gets whether <see cref="Integers128"/> runs here.</summary>
    public static bool Use128 => LanesChoice.Use128;
}
