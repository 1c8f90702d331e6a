namespace QuantGen.Tasks;

/// <summary>Computes the correlations that STS-B is measured by.</summary>
public static class CorrelationMetrics
{
    /// <summary>Returns the Pearson correlation; 0 when one side is constant.</summary>
    /// <param name="predictions">Finite predictions, at least one.</param>
    /// <param name="targets">Finite targets; the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ or are 0, or a value is NaN or infinite.</exception>
    public static double Pearson(ReadOnlySpan<double> predictions, ReadOnlySpan<double> targets)
    {
        Check(predictions, targets);
        double meanX = Mean(predictions);
        double meanY = Mean(targets);
        double xx = 0;
        double yy = 0;
        double xy = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            double x = predictions[i] - meanX;
            double y = targets[i] - meanY;
            xx += x * x;
            yy += y * y;
            xy += x * y;
        }

        // A constant may differ from its own rounded mean, so constancy is asked of the values.
        if (IsConstant(predictions) || IsConstant(targets))
        {
            return 0;
        }

        double root = Math.Sqrt(xx) * Math.Sqrt(yy);
        return root == 0 ? 0 : Math.Clamp(xy / root, -1, 1);
    }

    /// <summary>Returns the Spearman correlation, the Pearson correlation of average ranks; 0 when one side is constant.</summary>
    /// <param name="predictions">Finite predictions, at least one.</param>
    /// <param name="targets">Finite targets; the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ or are 0, or a value is NaN or infinite.</exception>
    public static double Spearman(ReadOnlySpan<double> predictions, ReadOnlySpan<double> targets)
    {
        Check(predictions, targets);
        return Pearson(AverageRanks(predictions), AverageRanks(targets));
    }

    /// <summary>Returns the ranks of values, counted from 1; equal values share the mean of their ranks.</summary>
    /// <param name="values">Finite values.</param>
    public static double[] AverageRanks(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray();
        int[] order = new int[values.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(sorted, order);
        double[] ranks = new double[values.Length];
        for (int first = 0; first < sorted.Length;)
        {
            int next = first + 1;
            while (next < sorted.Length && sorted[next] == sorted[first])
            {
                next++;
            }

            for (int i = first; i < next; i++)
            {
                ranks[order[i]] = (first + 1 + next) / 2.0;
            }

            first = next;
        }

        return ranks;
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    private static bool IsConstant(ReadOnlySpan<double> values) => values.IndexOfAnyExcept(values[0]) < 0;

    private static void Check(ReadOnlySpan<double> predictions, ReadOnlySpan<double> targets)
    {
        if (predictions.Length != targets.Length || targets.IsEmpty)
        {
            throw new ArgumentException(
                $"{predictions.Length} predictions and {targets.Length} targets are given; as many of one as of the other are needed, and at least one.");
        }

        for (int i = 0; i < targets.Length; i++)
        {
            if (!double.IsFinite(predictions[i]) || !double.IsFinite(targets[i]))
            {
                throw new ArgumentException($"The prediction or the target of row {i} is NaN or infinite.");
            }
        }
    }
}
