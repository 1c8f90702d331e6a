namespace QuantGen.Specs;

/// <summary>Collects what a way to compute excludes.</summary>
/// <param name="id">The diagnostic.</param>
/// <param name="cause">What excludes, such as <c>Numerics.Integer</c>.</param>
/// <param name="issues">Receives what is excluded.</param>
internal sealed class Exclusions(string id, string cause, ICollection<SpecIssue> issues)
{
    /// <summary>Excludes a setting.</summary>
    /// <param name="applies">Whether the model has it.</param>
    /// <param name="what">The setting.</param>
    /// <param name="instead">What to do.</param>
    /// <param name="property">Which property says so.</param>
    /// <param name="nearest">The nearest legal value.</param>
    public void Add(bool applies, string what, string instead, string property, int nearest = 0)
    {
        if (applies)
        {
            issues.Add(new SpecIssue(id, $"{cause} excludes {what}; {instead}", nearest, property));
        }
    }

    /// <summary>Excludes a setting of matrices, and names the first that has it.</summary>
    /// <param name="matrices">All matrices.</param>
    /// <param name="applies">Whether one has it.</param>
    /// <param name="what">The setting.</param>
    /// <param name="instead">What to do.</param>
    /// <param name="property">Which property says so.</param>
    public void First(IReadOnlyList<MatrixSpec> matrices, Func<MatrixSpec, bool> applies, string what, string instead, string property)
    {
        if (matrices.FirstOrDefault(applies) is MatrixSpec matrix)
        {
            Add(true, $"{what} (matrix '{matrix.Name}')", instead, property);
        }
    }
}
