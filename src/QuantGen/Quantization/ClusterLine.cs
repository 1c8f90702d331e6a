namespace QuantGen.Quantization;

/// <summary>Assigns values to their nearest centroids. Sorted, the members of a cluster stand together, so that only the borders are searched.</summary>
/// <remarks>A value as near to two centroids belongs to the one of the lower index.</remarks>
internal sealed class ClusterLine
{
    private readonly float[] _sorted;
    private int[] _order = [];
    private int[] _borders = [];

    /// <summary>Sorts values.</summary>
    /// <param name="values">Finite values, at least one.</param>
    public ClusterLine(ReadOnlySpan<float> values)
    {
        _sorted = values.ToArray();
        Array.Sort(_sorted);
    }

    /// <summary>Finds the members of every cluster.</summary>
    /// <param name="centroids">Finite centroids in any order.</param>
    public void Assign(double[] centroids)
    {
        // Of equal centroids the one of the lowest index takes all; the others stay empty.
        _order = [.. Enumerable.Range(0, centroids.Length).OrderBy(c => centroids[c]).ThenBy(c => c).DistinctBy(c => centroids[c])];
        _borders = new int[_order.Length + 1];
        _borders[^1] = _sorted.Length;
        for (int i = 1; i < _order.Length; i++)
        {
            _borders[i] = Border(_borders[i - 1], centroids, _order[i - 1], _order[i]);
        }
    }

    /// <summary>Moves every centroid to the mean of its members; those without members stay.</summary>
    /// <param name="centroids">The centroids of the last assignment.</param>
    /// <returns>Whether one moved.</returns>
    public bool Update(double[] centroids)
    {
        bool moved = false;
        for (int i = 0; i < _order.Length; i++)
        {
            ReadOnlySpan<float> members = _sorted.AsSpan(_borders[i].._borders[i + 1]);
            if (members.IsEmpty)
            {
                continue;
            }

            // Summed member by member: differences of prefix sums would make a lone member inexact among millions of values.
            double sum = 0;
            foreach (float member in members)
            {
                sum += member;
            }

            double mean = sum / members.Length;
            moved |= mean != centroids[_order[i]];
            centroids[_order[i]] = mean;
        }

        return moved;
    }

    /// <summary>Writes the cluster of each value in the last assignment.</summary>
    /// <param name="values">The values the line was made of.</param>
    /// <param name="labels">Receives the labels.</param>
    public void Label(ReadOnlySpan<float> values, Span<byte> labels)
    {
        // The first value of each cluster that has members, and its label.
        int[] filled = [.. Enumerable.Range(0, _order.Length).Where(i => _borders[i + 1] > _borders[i])];
        float[] firsts = [.. filled.Select(i => _sorted[_borders[i]])];
        byte[] clusters = [.. filled.Select(i => (byte)_order[i])];
        for (int i = 0; i < values.Length; i++)
        {
            int low = 0;
            int high = firsts.Length;
            while (high - low > 1)
            {
                int middle = (low + high) / 2;
                (low, high) = values[i] >= firsts[middle] ? (middle, high) : (low, middle);
            }

            labels[i] = clusters[low];
        }
    }

    /// <summary>Returns the first place from which values belong to the upper of two neighbours.</summary>
    private int Border(int from, double[] centroids, int lower, int upper)
    {
        int low = from;
        int high = _sorted.Length;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            double below = Math.Abs(_sorted[middle] - centroids[lower]);
            double above = Math.Abs(_sorted[middle] - centroids[upper]);
            bool isLower = below < above || (below == above && lower < upper);
            (low, high) = isLower ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
