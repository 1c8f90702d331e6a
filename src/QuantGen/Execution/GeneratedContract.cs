using System.Reflection;

namespace QuantGen.Execution;

/// <summary>What generated code and the runtime agree on. This file is part of both, so that each knows what it was built for.</summary>
internal static class GeneratedContract
{
    /// <summary>
    /// The number of the agreement. Raise it by one with every change after which code that was generated before no longer runs or computes the same:
    /// a member that generated code calls or implements is gone, new or means something else.
    /// </summary>
    public const int Version = 8;

    /// <summary>Gets the version of the package, without the commit it was built from.</summary>
    public static string Package { get; } =
        typeof(GeneratedContract).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
