namespace QuantGen.Benchmarks.Data;

/// <summary>The shape of a linear layer. Inputs are a multiple of 32, so that nothing is padded.</summary>
/// <param name="Rows">Outputs.</param>
/// <param name="Columns">Inputs.</param>
public sealed record MatrixShape(int Rows, int Columns)
{
    public long MultiplyAdds => (long)Rows * Columns;

    public override string ToString() => FormattableString.Invariant($"{Rows}x{Columns}");
}
