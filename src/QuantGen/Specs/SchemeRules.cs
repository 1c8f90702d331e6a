namespace QuantGen.Specs;

/// <summary>What each scheme allows.</summary>
internal static class SchemeRules
{
    private static readonly int[] s_linear = { 1, 2, 3, 4, 5, 6, 7, 8, 32 };

    // A symmetric code of one bit would have no level but zero.
    private static readonly int[] s_symmetric = { 2, 3, 4, 5, 6, 7, 8, 32 };
    private static readonly int[] s_codebook = { 1, 2, 3, 4, 5, 32 };
    private static readonly int[] s_rows = { 2, 3, 4, 5, 6, 7, 8, 32 };

    public static int[] WeightBits(Scheme scheme) => MatrixSpec.IsCodebook(scheme) ? s_codebook : scheme == Scheme.Linear ? s_linear : s_symmetric;

    public static int[] EmbeddingBits(Scheme scheme) => MatrixSpec.IsCodebook(scheme) ? s_codebook : s_rows;

    /// <summary>Checks the settings of a quantized matrix that a scheme other than <see cref="Scheme.Linear"/> excludes.</summary>
    public static void Check(MatrixSpec matrix, bool planned, ICollection<SpecIssue> issues)
    {
        void Excludes(string setting, string property) => issues.Add(new SpecIssue(
            "QG1114", $"Matrix '{matrix.Name}' has the scheme {matrix.Scheme}, which excludes {setting}", Property: planned ? "Plan" : property));

        if (matrix.Mapping == Mapping.Asymmetric)
        {
            Excludes("asymmetric codes", "Mapping");
        }

        if (matrix.GroupSize != 0)
        {
            Excludes($"a group size of {matrix.GroupSize} along inputs", "GroupSize");
        }

        if (matrix.GroupClipping.Count > 0)
        {
            Excludes("a clipping per group of rows", "Plan");
        }

        if (matrix.HasCodebook && matrix.IsMixed)
        {
            Excludes("bits per group of rows: one codebook serves the whole matrix", "Plan");
        }
        else if (matrix.HasCodebook && matrix.GroupCount > 1)
        {
            Excludes($"{matrix.GroupCount} groups of rows: one codebook serves the whole matrix", "Groups");
        }
    }
}
