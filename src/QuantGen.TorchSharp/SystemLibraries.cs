using System.Runtime.InteropServices;

namespace QuantGen.TorchSharp;

/// <summary>
/// Asks for what libtorch needs of the system before TorchSharp searches for it, which takes long, prints to standard output and ends with a message about
/// packages.
/// </summary>
internal static class SystemLibraries
{
    private const string CppLibrary = "libstdc++.so.6";

    // All that TorchSharp's native library wants of GLIBCXX_3.4.32: a marker of <iostream>, which no earlier C++ library has.
    private const string NewestSymbol = "_ZSt21ios_base_library_initv";

    /// <summary>Requires a C++ library that is new enough; only Linux systems come with their own.</summary>
    /// <exception cref="PlatformNotSupportedException">It is missing or too old.</exception>
    public static void Require()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string? problem = !NativeLibrary.TryLoad(CppLibrary, out nint library) ? "is missing"
            : !NativeLibrary.TryGetExport(library, NewestSymbol, out _) ? "is older than GCC 13 (GLIBCXX_3.4.32)"
            : null;
        if (problem is not null)
        {
            throw new PlatformNotSupportedException(
                $"libtorch cannot be loaded: this system's C++ library ({CppLibrary}) {problem}; Debian 13, Ubuntu 24.04, Fedora 38 and later have it, " +
                "and .ci/newer-libstdcpp.sh makes a bridge on older ones.");
        }
    }
}
