namespace QuantGen.Peers.Racing;

/// <summary>Order statistics of timings, and how alike two lists of numbers are.</summary>
internal static class Statistics
{
    /// <summary>Interpolates between the sorted values.</summary>
    /// <param name="values">At least one, in any order.</param>
    /// <param name="fraction">Where, from 0 for the smallest to 1 for the largest.</param>
    public static double Quantile(IEnumerable<double> values, double fraction)
    {
        double[] sorted = [.. values.Order()];
        double at = fraction * (sorted.Length - 1);
        int low = (int)at;
        return low + 1 == sorted.Length ? sorted[low] : sorted[low] + ((at - low) * (sorted[low + 1] - sorted[low]));
    }

    public static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        (double ab, double aa, double bb) = (0, 0, 0);
        for (int i = 0; i < a.Length; i++)
        {
            ab += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }

        return ab / Math.Sqrt(aa * bb);
    }

    public static double LargestDifference(IEnumerable<float> a, IEnumerable<float> b) => a.Zip(b, (x, y) => (double)Math.Abs(x - y)).Max();

    public static int IndexOfLargest(float[] values) => Array.IndexOf(values, values.Max());
}
