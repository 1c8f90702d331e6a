using QuantGen.Generators.Parsing;
using QuantGen.Generators.Specs;
using QuantGen.Specs;

namespace QuantGen.Generators.Diagnostics;

/// <summary>Finds a group count that every matrix accepts; a message about one matrix knows only that one.</summary>
internal static class LegalGroups
{
    /// <summary>Gets the count nearest to the attribute's; null when more is wrong than the count.</summary>
    public static int? Nearest(ClassInput input)
    {
        // With one group per matrix the count cannot be what is illegal.
        SpecOptions single = input.Class.Options with { GroupCount = 1 };
        ClassSpec? spec = ClassParser.Parse(input with { Class = input.Class with { Options = single, IsLegalType = true } }, new List<SpecIssue>());
        if (spec is null)
        {
            return null;
        }

        int common = spec.Model.Matrices.Where(m => m.IsQuantized && m.GroupCount == 1 && m.GroupSize == 0).Select(m => m.Rows)
            .Aggregate(0, GreatestCommonDivisor);
        int wanted = input.Class.Options.GroupCount;
        return common == 0 ? null : Enumerable.Range(1, common).Where(d => common % d == 0).OrderBy(d => Math.Abs((long)d - wanted)).First();
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
