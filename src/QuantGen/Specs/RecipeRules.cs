using QuantGen.Schemes;

namespace QuantGen.Specs;

/// <summary>What a recipe may say of a legal model.</summary>
public static class RecipeRules
{
    /// <summary>Checks a recipe against the model that it is to make.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="issues">Receives everything that the schemes exclude: QG1101, QG1104, QG1106, QG1114, QG1208.</param>
    public static void Check(ModelSpec spec, Recipe recipe, ICollection<SpecIssue> issues)
    {
        if (spec.HasQuantizedEmbedding && recipe.ForEmbedding(spec.EmbeddingStorage) is var embedding && !embedding.EmbeddingBits.Contains(spec.EmbeddingBits))
        {
            issues.Add(BitRules.Issue("QG1106", "The embedding", WithScheme(embedding), spec.EmbeddingBits, embedding.EmbeddingBits, "EmbeddingBits"));
        }

        foreach (MatrixSpec matrix in spec.Matrices)
        {
            if (matrix.IsQuantized)
            {
                Check(matrix, recipe.For(matrix), issues);
            }
        }
    }

    private static void Check(MatrixSpec matrix, MatrixRecipe recipe, ICollection<SpecIssue> issues)
    {
        SchemeTraits traits = recipe.Traits;
        if (traits.KeepsRanges != matrix.HasCenters)
        {
            issues.Add(new SpecIssue("QG1114", traits.KeepsRanges
                ? $"Matrix '{matrix.Name}' has the scheme {traits.Name}, which needs Numerics.Quantized"
                : $"Matrix '{matrix.Name}' has Numerics.Quantized, which excludes the scheme {traits.Name}", Property: "Numerics"));
        }

        foreach (int bits in matrix.Segments().Select(segment => segment.Bits).Where(bits => !traits.Bits.Contains(bits)))
        {
            issues.Add(BitRules.Issue("QG1101", $"Matrix '{matrix.Name}'", WithScheme(traits), bits, traits.Bits, "Plan"));
        }

        SchemeRules.Check(matrix, $"the scheme {traits.Name}", traits.HasZeroPoints, traits.HasGroupSize, traits.HasGroups, planned: true, issues);
        if (recipe.GroupClipping.Count == 0)
        {
            return;
        }

        if (!traits.HasClipping)
        {
            issues.Add(new SpecIssue("QG1114", $"Matrix '{matrix.Name}' has the scheme {traits.Name}, which excludes a clipping per group of rows",
                Property: "Plan"));
        }
        else if (matrix.GroupSize != 0)
        {
            issues.Add(new SpecIssue(
                "QG1104", $"Matrix '{matrix.Name}' has a clipping per group of rows, which a group size of {matrix.GroupSize} along inputs excludes",
                Property: "Plan"));
        }
        else if (recipe.GroupClipping.Count != matrix.GroupCount)
        {
            issues.Add(new SpecIssue(
                "QG1208", $"Matrix '{matrix.Name}' has {matrix.GroupCount} groups and 'group_clipping' lists {recipe.GroupClipping.Count}", Property: "Plan"));
        }
    }

    private static string WithScheme(SchemeTraits traits) => $" with the scheme {traits.Name}";
}
