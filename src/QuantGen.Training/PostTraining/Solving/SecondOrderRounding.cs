using QuantGen.Files;
using QuantGen.Quantization;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Rounds the weights of a matrix one column after the other, and lets the columns that are left make up for each error (GPTQ).</summary>
/// <remarks>Frantar et al., ICLR 2023. Rows do not depend on each other.</remarks>
internal static class SecondOrderRounding
{
    private const int RowsAtOnce = 8;

    /// <summary>Finds codes within fixed ranges.</summary>
    /// <param name="weights">The weights, row-major.</param>
    /// <param name="grid">Scales, zero points and widths; its codes are not used.</param>
    /// <param name="moments">The mean outer product of the inputs, <c>[columns, columns]</c>; its memory is used up.</param>
    /// <param name="damping">What is added to the diagonal, as a share of its mean; above 0.</param>
    /// <param name="threads">The most threads.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static QuantizedMatrix Run(
        float[] weights, QuantizedMatrix grid, double[] moments, double damping, int threads, CancellationToken cancellation)
    {
        int columns = grid.Columns;
        (int[] order, bool[] isDead) = Order(moments, columns, damping);
        double[] factor = SymmetricFactor.OfInverse(Permuted(moments, order), columns);
        byte[] codes = new byte[weights.Length];
        int items = (grid.Rows + RowsAtOnce - 1) / RowsAtOnce;
        LoadLoop.Run(threads, items, item =>
        {
            int first = item * RowsAtOnce;
            Round(weights, grid, first, Math.Min(RowsAtOnce, grid.Rows - first), order, isDead, factor, codes);
        }, cancellation);
        return new QuantizedMatrix(grid.Grouping, grid.GroupBits, codes, grid.Scales, grid.ZeroPoints);
    }

    // Inputs of the largest moments first: while there are many columns left to make up for them. Dead inputs change nothing, so their weight is 0.
    private static (int[] Order, bool[] IsDead) Order(double[] moments, int columns, double damping)
    {
        double[] diagonal = [.. Enumerable.Range(0, columns).Select(i => moments[(i * columns) + i])];
        bool[] isDead = Array.ConvertAll(diagonal, value => value == 0);
        double mean = diagonal.Average();
        double added = mean > 0 ? damping * mean : 1;
        for (int i = 0; i < columns; i++)
        {
            moments[(i * columns) + i] += added;
        }

        return ([.. Enumerable.Range(0, columns).OrderByDescending(i => diagonal[i])], isDead);
    }

    private static double[] Permuted(double[] matrix, int[] order)
    {
        int size = order.Length;
        double[] permuted = new double[matrix.Length];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                permuted[(i * size) + j] = matrix[(order[i] * size) + order[j]];
            }
        }

        return permuted;
    }

    private static void Round(
        float[] weights, QuantizedMatrix grid, int firstRow, int rows, int[] order, bool[] isDead, double[] factor, byte[] codes)
    {
        int columns = order.Length;
        double[] left = new double[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            for (int j = 0; j < columns; j++)
            {
                left[(row * columns) + j] = isDead[order[j]] ? 0 : weights[((firstRow + row) * columns) + order[j]];
            }
        }

        for (int j = 0; j < columns; j++)
        {
            ReadOnlySpan<double> factors = factor.AsSpan(j * columns, columns);
            for (int row = 0; row < rows; row++)
            {
                double value = left[(row * columns) + j];
                int at = ((firstRow + row) * columns) + order[j];
                (codes[at], double rounded) = grid.Nearest(firstRow + row, order[j], (float)value);
                SymmetricFactor.Subtract(left.AsSpan((row * columns) + j + 1, columns - j - 1), (value - rounded) / factors[j], factors[(j + 1)..]);
            }
        }
    }
}
