namespace QuantGen.Trainable;

/// <summary>What a product's sums are turned into: <c>((sum * column scale) * row scale) + bias</c>, in the order of inference's epilogue.</summary>
/// <param name="Bias">One summand per column, or null.</param>
/// <param name="ColumnScales">One factor per column, or null for neither factor.</param>
/// <param name="RowScales">One factor per row; goes with <paramref name="ColumnScales"/>.</param>
internal readonly record struct ProductEpilogue(float[]? Bias, float[]? ColumnScales, float[]? RowScales)
{
    /// <summary>Gets whether sums stay as they are.</summary>
    public bool IsNothing => Bias is null && ColumnScales is null;
}
