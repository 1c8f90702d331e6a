using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QuantGen.Lanes;

/// <summary>Names the lanes this process runs on. The properties are constants to the JIT, so a chain of ifs over them costs nothing.</summary>
/// <remarks>Ask in the order 512, 256, 128; when all three are false, <see cref="LanesScalar"/> is what is left.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LanesChoice
{
    /// <summary>Gets whether <see cref="Lanes512"/> runs here and is preferred.</summary>
    public static bool Use512 => Vector512.IsHardwareAccelerated && Avx512BW.IsSupported;

    /// <summary>Gets whether <see cref="Lanes256"/> runs here.</summary>
    public static bool Use256 => Vector256.IsHardwareAccelerated && Fma.IsSupported;

    /// <summary>Gets whether <see cref="Lanes128"/> runs here.</summary>
    public static bool Use128 => Vector128.IsHardwareAccelerated;
}
