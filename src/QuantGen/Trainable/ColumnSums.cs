using System.Runtime.CompilerServices;

namespace QuantGen.Trainable;

/// <summary>Adds the sum of each column to a gradient: over the rows in their order, from what the gradient holds.</summary>
/// <param name="dy">The rows.</param>
/// <param name="count">How many rows.</param>
/// <param name="gradients">One sum per column.</param>
internal readonly struct ColumnSums(MatrixPlace dy, int count, float[] gradients) : ITeamJob
{
    // Columns of an item: a row of them is two cache lines.
    private const int ColumnsPerItem = 32;

    /// <summary>Adds all columns; of a frozen parameter, whose gradient is empty, there is none.</summary>
    public static void Add(TrainingPass pass, MatrixPlace dy, int count, float[] gradients) =>
        pass.Team.Run(new ColumnSums(dy, count, gradients), TrainingPass.Items(gradients.Length, ColumnsPerItem));

    /// <inheritdoc/>
    public void Run(int item, int worker)
    {
        int first = item * ColumnsPerItem;
        Span<float> sums = gradients.AsSpan(first, Math.Min(ColumnsPerItem, gradients.Length - first));
        for (int row = 0; row < count; row++)
        {
            RowScaling.Add(ref sums[0], sums.Length, ref Unsafe.Add(ref dy.Row(row), first));
        }
    }
}
