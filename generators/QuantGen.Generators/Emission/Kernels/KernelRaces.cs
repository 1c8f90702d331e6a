using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Emits the expressions that time kernels against their rivals, where no rule says which is faster.</summary>
internal static class KernelRaces
{
    /// <summary>Gets the expression that is true where a kernel is there and faster than its rival.</summary>
    /// <param name="row">A kernel with rivals.</param>
    /// <param name="sets">The kernels of its format, best first: where the machine has a better one there is nothing to time.</param>
    public static string Of(KernelRow row, IReadOnlyList<KernelRow> sets)
    {
        IEnumerable<string> better = sets.TakeWhile(other => other != row).Where(other => other.Rivals.Count == 0).Select(other => $"!({other.Condition})");
        string[] needed = better.Append(row.Set.Condition).Append(row.Rivals[row.Rivals.Count - 1].Condition).Distinct().ToArray();
        return string.Join(" && ", needed) + (needed.Length > 1 ? "\n    && " : " && ") + Against(row);
    }

    private static string Against(KernelRow row)
    {
        string race = Race(row, row.Rivals[row.Rivals.Count - 1]);
        foreach (KernelRow rival in row.Rivals.Reverse().Skip(1))
        {
            race = $"({rival.Condition} ? {Race(row, rival)} : {race})";
        }

        return race;
    }

    private static string Race(KernelRow row, KernelRow rival) => row.Kind == ProductKind.Tables
        ? $"KernelRace.IsTableFaster<{row.Name}, {rival.Name}>()"
        : $"KernelRace.IsClippedFaster<{row.Name}, {rival.Name}, {rival.Narrow.Name}>()";
}
