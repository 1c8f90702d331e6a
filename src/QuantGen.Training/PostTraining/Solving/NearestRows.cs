using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Finds the rows of a table that are nearest to vectors.</summary>
internal sealed class NearestRows
{
    // Distances of so many vectors are in memory at once.
    private const int VectorsAtOnce = 64;

    private readonly float[] _table;
    private readonly int _columns;
    private readonly bool[] _isCandidate;
    private readonly double[] _squares;
    private readonly TrainingPass _pass;

    /// <summary>Takes a table.</summary>
    /// <param name="table">The rows, one after the other.</param>
    /// <param name="isCandidate">Which of them may be found; one at least.</param>
    /// <param name="pass">Whose threads multiply.</param>
    public NearestRows(float[] table, bool[] isCandidate, TrainingPass pass)
    {
        _table = table;
        _isCandidate = isCandidate;
        _columns = table.Length / isCandidate.Length;
        _pass = pass;
        _squares = [.. Enumerable.Range(0, isCandidate.Length).Select(row => Row(row).Sum(value => (double)value * value))];
    }

    /// <summary>Returns the nearest row of each vector; of equally near ones the first.</summary>
    /// <param name="vectors">The vectors, one after the other.</param>
    public int[] Find(float[] vectors)
    {
        int rows = _isCandidate.Length;
        int[] nearest = new int[vectors.Length / _columns];
        float[] products = new float[VectorsAtOnce * rows];
        for (int first = 0; first < nearest.Length; first += VectorsAtOnce)
        {
            int count = Math.Min(VectorsAtOnce, nearest.Length - first);
            _pass.Products.Forward(
                new MatrixPlace(vectors, first * _columns, _columns), count, new MatrixPlace(_table, 0, _columns), rows, _columns,
                new MatrixPlace(products, 0, rows), default);
            for (int i = 0; i < count; i++)
            {
                nearest[first + i] = Nearest(products.AsSpan(i * rows, rows));
            }
        }

        return nearest;
    }

    private ArraySegment<float> Row(int row) => new(_table, row * _columns, _columns);

    // |v - r|^2 without |v|^2, which is the same for all rows.
    private int Nearest(ReadOnlySpan<float> products)
    {
        int best = -1;
        double least = double.PositiveInfinity;
        for (int row = 0; row < products.Length; row++)
        {
            double distance = _squares[row] - (2.0 * products[row]);
            if (_isCandidate[row] && distance < least)
            {
                (best, least) = (row, distance);
            }
        }

        return best;
    }
}
