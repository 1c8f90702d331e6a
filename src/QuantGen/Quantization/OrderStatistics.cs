namespace QuantGen.Quantization;

/// <summary>Finds percentiles without sorting.</summary>
internal static class OrderStatistics
{
    /// <summary>Returns a percentile, interpolated linearly between the two nearest ranks.</summary>
    /// <param name="values">Finite values, not empty; reordered by the search.</param>
    /// <param name="percentile">0 to 100.</param>
    public static float Percentile(Span<float> values, double percentile)
    {
        double position = percentile / 100 * (values.Length - 1);
        int rank = Math.Min((int)position, values.Length - 1);
        float lower = Select(values, rank);
        double share = position - rank;
        if (share <= 0)
        {
            return lower;
        }

        // Select leaves everything of a higher rank to the right of the rank.
        float upper = float.PositiveInfinity;
        foreach (float value in values[(rank + 1)..])
        {
            upper = MathF.Min(upper, value);
        }

        return (float)(lower + (share * ((double)upper - lower)));
    }

    /// <summary>
    /// Returns the value of a rank (0 is the smallest) by Hoare's quickselect; afterwards no value left of the rank is larger and none right of it smaller.
    /// </summary>
    public static float Select(Span<float> values, int rank)
    {
        int first = 0;
        int last = values.Length - 1;
        while (first < last)
        {
            float pivot = MedianOfThree(values[first], values[first + ((last - first) / 2)], values[last]);
            int left = first;
            int right = last;
            while (left <= right)
            {
                while (values[left] < pivot)
                {
                    left++;
                }

                while (values[right] > pivot)
                {
                    right--;
                }

                if (left <= right)
                {
                    (values[left], values[right]) = (values[right], values[left]);
                    left++;
                    right--;
                }
            }

            if (rank <= right)
            {
                last = right;
            }
            else if (rank >= left)
            {
                first = left;
            }
            else
            {
                break;
            }
        }

        return values[rank];
    }

    private static float MedianOfThree(float a, float b, float c) => MathF.Max(MathF.Min(a, b), MathF.Min(MathF.Max(a, b), c));
}
