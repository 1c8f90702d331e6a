using System.Globalization;

namespace QuantGen.Specs;

/// <summary>What activations of one bit exclude: their products count bits, which takes weights of one bit, whole rows and scales that are stored.</summary>
internal static class BitActivationRules
{
    /// <summary>Checks a model whose activations have one bit.</summary>
    /// <param name="matrices">Its legal matrices.</param>
    /// <param name="range">Where ranges of activations come from; null for the default.</param>
    /// <param name="issues">Receives the first matrix that is excluded, and a range of each token.</param>
    public static void Check(IReadOnlyList<MatrixSpec> matrices, ActivationRange? range, ICollection<SpecIssue> issues)
    {
        if (range == ActivationRange.PerToken)
        {
            issues.Add(new SpecIssue("QG1114", "Activations of one bit have stored scales, which excludes a range of each token; use ActivationRange.Static",
                Property: "ActivationRange"));
        }

        if (matrices.FirstOrDefault(m => m.HasIntegerProduct && (m.Bits != 1 || m.IsMixed)) is MatrixSpec wide)
        {
            string bits = wide.Bits.ToString(CultureInfo.InvariantCulture);
            issues.Add(new SpecIssue(
                "QG1105", $"Activations of one bit meet weights of one bit, and matrix '{wide.Name}' has {bits}; use 2 to 8", 8, "ActivationBits"));
        }
        else if (matrices.FirstOrDefault(m => m.HasIntegerProduct && m.GroupSize != 0) is MatrixSpec grouped)
        {
            string size = grouped.GroupSize.ToString(CultureInfo.InvariantCulture);
            issues.Add(new SpecIssue(
                "QG1114", $"Matrix '{grouped.Name}' meets activations of one bit, which excludes a group size of {size} along inputs; use groups of rows",
                Property: "GroupSize"));
        }
    }
}
