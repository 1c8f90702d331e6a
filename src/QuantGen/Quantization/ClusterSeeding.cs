namespace QuantGen.Quantization;

/// <summary>
/// Draws the first centroids of k-means as k-means++ does (Arthur, Vassilvitskii, SODA 2007): far values are likelier, by the square of their distance.
/// </summary>
internal static class ClusterSeeding
{
    /// <summary>Beyond so many values the first centroids are drawn from a sample; all values move them.</summary>
    public const int SampledBeyond = 1_000_000;

    private const int SampleSize = 65_536;

    /// <summary>Draws centroids.</summary>
    /// <param name="values">Finite values, at least one.</param>
    /// <param name="clusters">How many to draw; fewer are when there are fewer distinct values.</param>
    /// <param name="seed">Which ones are drawn.</param>
    public static double[] Draw(ReadOnlySpan<float> values, int clusters, ulong seed)
    {
        ReadOnlySpan<float> candidates = values.Length > SampledBeyond ? Sample(values, seed) : values;
        int[] chosen = Choose(candidates, clusters, draw => CounterRandom.Uniform(seed, (ulong)draw));
        double[] centroids = new double[chosen.Length];
        for (int c = 0; c < chosen.Length; c++)
        {
            centroids[c] = candidates[chosen[c]];
        }

        return centroids;
    }

    /// <summary>Chooses indices of values.</summary>
    /// <param name="values">Finite values, at least one.</param>
    /// <param name="clusters">How many to choose; fewer are when there are fewer distinct values.</param>
    /// <param name="uniform">Gives the random number of each choice, from 0 to below 1.</param>
    internal static int[] Choose(ReadOnlySpan<float> values, int clusters, Func<int, double> uniform)
    {
        var chosen = new List<int> { (int)(uniform(0) * values.Length) };
        double[] distances = new double[values.Length];
        Array.Fill(distances, double.PositiveInfinity);
        while (chosen.Count < clusters)
        {
            double total = 0;
            double newest = values[chosen[^1]];
            for (int i = 0; i < values.Length; i++)
            {
                double difference = values[i] - newest;
                distances[i] = Math.Min(distances[i], difference * difference);
                total += distances[i];
            }

            if (total == 0)
            {
                break;
            }

            chosen.Add(Invert(distances, uniform(chosen.Count) * total));
        }

        return [.. chosen];
    }

    /// <summary>Returns the first index at which the running sum exceeds a mass.</summary>
    private static int Invert(double[] distances, double mass)
    {
        double sum = 0;
        int last = 0;
        for (int i = 0; i < distances.Length; i++)
        {
            sum += distances[i];
            if (sum > mass)
            {
                return i;
            }

            last = distances[i] > 0 ? i : last;
        }

        // The mass was rounded up to the whole: the last value that is not a centroid yet.
        return last;
    }

    // One value from each of equal parts: uniform, and none is drawn twice.
    private static float[] Sample(ReadOnlySpan<float> values, ulong seed)
    {
        float[] sample = new float[SampleSize];
        for (int i = 0; i < SampleSize; i++)
        {
            double place = i + CounterRandom.Uniform(~seed, (ulong)i);
            sample[i] = values[(int)(place * values.Length / SampleSize)];
        }

        return sample;
    }
}
