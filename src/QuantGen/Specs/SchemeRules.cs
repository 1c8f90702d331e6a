namespace QuantGen.Specs;

/// <summary>Settings of a quantized matrix that its storage, or the scheme that fills it, excludes.</summary>
internal static class SchemeRules
{
    /// <summary>Checks a matrix.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="cause">What excludes, such as <c>a codebook</c>.</param>
    /// <param name="hasZeroPoints">Whether codes may have zero points.</param>
    /// <param name="hasGroupSize">Whether scales may stand along inputs.</param>
    /// <param name="hasGroups">Whether groups of rows may have scales and bits of their own.</param>
    /// <param name="planned">Whether the plan rather than the attribute said so.</param>
    /// <param name="issues">Receives what is excluded.</param>
    public static void Check(
        MatrixSpec matrix, string cause, bool hasZeroPoints, bool hasGroupSize, bool hasGroups, bool planned, ICollection<SpecIssue> issues)
    {
        void Excludes(string setting, string property) => issues.Add(new SpecIssue(
            "QG1114", $"Matrix '{matrix.Name}' has {cause}, which excludes {setting}", Property: planned ? "Plan" : property));

        if (matrix.Mapping == Mapping.Asymmetric && !hasZeroPoints)
        {
            Excludes("asymmetric codes", "Mapping");
        }

        if (matrix.GroupSize != 0 && !hasGroupSize)
        {
            Excludes($"a group size of {matrix.GroupSize} along inputs", "GroupSize");
        }

        if (matrix.IsMixed && !hasGroups)
        {
            Excludes("bits per group of rows: one codebook serves the whole matrix", "Plan");
        }
        else if (matrix.GroupCount > 1 && !hasGroups)
        {
            Excludes($"{matrix.GroupCount} groups of rows: one codebook serves the whole matrix", "Groups");
        }
    }
}
