using System.Runtime.CompilerServices;

namespace QuantGen.Cli.Tests;

/// <summary>Keeps compiled models beside the tests, so that a test leaves nothing in the user's cache and the second run is fast.</summary>
internal static class TestCache
{
    [ModuleInitializer]
    internal static void Use() => Environment.SetEnvironmentVariable("XDG_CACHE_HOME", Path.Combine(AppContext.BaseDirectory, "cache"));
}
