using QuantGen.Linear;

namespace QuantGen.IntegrationTests.Paths;

/// <summary>Settings of the runtime that take instruction sets of this machine away, as the registry of kernels knows them.</summary>
internal static class RuntimeSwitches
{
    /// <summary>Gets the variables, best instruction set first.</summary>
    public static IReadOnlyList<string> Variables { get; } =
        [.. InstructionSet.All.Where(set => set.Switch.Length > 0 && set.IsSupported()).Select(set => set.Switch).Distinct()];

    /// <summary>Gets one setting for each variable.</summary>
    public static IReadOnlyList<string> Singly { get; } = [.. Variables.Select(name => name + "=0")];

    /// <summary>Gets settings, separated by spaces, that each take one more set away; the first takes none and the last leaves plain loops.</summary>
    public static IReadOnlyList<string> Levels { get; } = [.. Enumerable.Range(0, Singly.Count + 1).Select(count => string.Join(' ', Singly.Take(count)))];
}
