namespace QuantGen.Specs;

/// <summary>What cannot be trained although it can be computed, and what to train instead.</summary>
internal static class TrainingRules
{
    public static void Check(IReadOnlyList<MatrixSpec> matrices, bool hasResidualFactors, ICollection<SpecIssue> issues)
    {
        if (hasResidualFactors)
        {
            issues.Add(new SpecIssue("QG1115", "A model whose residuals have factors cannot be trained, only quantized after training; train its checkpoint",
                Property: "Training"));
        }

        void Refuse(Func<MatrixSpec, bool> applies, string what, string instead, string property)
        {
            if (matrices.FirstOrDefault(applies) is MatrixSpec matrix)
            {
                issues.Add(new SpecIssue("QG1115", $"{what} (matrix '{matrix.Name}') cannot be trained, only quantized after training; {instead}",
                    Property: property));
            }
        }

        Refuse(m => m.HasZeroPoints, "Asymmetric codes", "use symmetric ones: Scheme.Lsq learns their scales", "Mapping");
        Refuse(m => m.GroupSize > 0, "Scales for groups along the inputs", "use groups of rows, which Scheme.Lsq gives learned scales", "GroupSize");
    }
}
