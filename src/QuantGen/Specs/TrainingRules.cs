namespace QuantGen.Specs;

/// <summary>What cannot be trained although it can be computed, and what to train instead.</summary>
internal static class TrainingRules
{
    public static void Check(IReadOnlyList<MatrixSpec> matrices, ICollection<SpecIssue> issues)
    {
        void Refuse(Func<MatrixSpec, bool> applies, string what, string instead, string property)
        {
            if (matrices.FirstOrDefault(applies) is MatrixSpec matrix)
            {
                issues.Add(new SpecIssue("QG1115", $"{what} (matrix '{matrix.Name}') cannot be trained, only quantized after training; {instead}", Property: property));
            }
        }

        Refuse(m => m.HasZeroPoints, "Asymmetric codes", "use symmetric ones: Scheme.Lsq learns their scales", "Mapping");
        Refuse(m => m.GroupSize > 0, "Scales for groups along the inputs", "use groups of rows, which Scheme.Lsq gives learned scales", "GroupSize");
        Refuse(
            m => m.HasIntegerProduct && (m.Bits == 1 || m.GroupBits.Contains(1)),
            "One-bit weights of Scheme.Linear",
            "use Scheme.KMeans or Scheme.LinearClusters, whose codebooks of one bit have two trained numbers, or 2 bits with Scheme.Lsq or Scheme.Ternary",
            "Bits");
    }
}
