using QuantGen.Schemes;
using QuantGen.Specs;

namespace QuantGen.Quantization;

/// <summary>
/// Replaces values by the centroids of clusters (Zhao et al., "An Investigation on Different Underlying Quantization Schemes for
/// Pre-trained Language Models", 2020).
/// </summary>
/// <remarks>Everything is computed in double; only the centroids are rounded, once, when they are done.</remarks>
internal static class ClusterQuantizer
{
    /// <summary>Finds the clusters of a scheme.</summary>
    /// <param name="fitter">k-means or bins of equal width.</param>
    /// <param name="values">Finite values, at least one.</param>
    /// <param name="bits">Width of a label, 1 to 8; there are 2^bits clusters.</param>
    /// <param name="iterations">The most iterations of k-means, at least 1.</param>
    /// <param name="seed">Which first centroids k-means draws.</param>
    /// <param name="cancellation">Stops the work between two iterations.</param>
    /// <exception cref="ArgumentException">The fitter finds no codebook, or values are missing or not finite.</exception>
    public static Clusters Fit(WeightFitter fitter, ReadOnlySpan<float> values, int bits, int iterations, ulong seed, CancellationToken cancellation = default)
        => fitter switch
    {
        WeightFitter.KMeans => KMeans(values, bits, iterations, seed, cancellation),
        WeightFitter.Bins => Linear(values, bits),
        _ => throw new ArgumentException($"The fitter {fitter} finds no codebook.", nameof(fitter)),
    };

    /// <summary>Clusters values by k-means: seeded by k-means++, then moved by Lloyd's algorithm.</summary>
    /// <param name="values">Finite values, at least one.</param>
    /// <param name="bits">Width of a label, 1 to 8; there are 2^bits clusters.</param>
    /// <param name="iterations">The most iterations, at least 1; fewer run when nothing changes any more.</param>
    /// <param name="seed">Which first centroids are drawn.</param>
    /// <param name="cancellation">Stops the work between two iterations.</param>
    /// <returns>The centroids after the last iteration and the labels of its assignment; clusters beyond the number of distinct values are unused and
    /// 0.</returns>
    /// <exception cref="ArgumentException">There is no value, or one is NaN or infinite; the message says where.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The width or the number of iterations is out of range.</exception>
    public static Clusters KMeans(
        ReadOnlySpan<float> values, int bits, int iterations = Recipe.DefaultClusterIterations, ulong seed = 0, CancellationToken cancellation = default)
    {
        Check(values, bits);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        double[] first = ClusterSeeding.Draw(values, 1 << bits, seed);
        return Lloyd(values, bits, first, iterations, cancellation);
    }

    /// <summary>Clusters values by bins of equal width; the mean of a bin's members is its centroid, the middle of an empty bin is its own.</summary>
    /// <param name="values">Finite values, at least one.</param>
    /// <param name="bits">Width of a label, 1 to 8; there are 2^bits clusters.</param>
    /// <returns>The centroids and labels; equal values are all in the first cluster.</returns>
    /// <exception cref="ArgumentException">There is no value, or one is NaN or infinite; the message says where.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The width is out of range.</exception>
    public static Clusters Linear(ReadOnlySpan<float> values, int bits)
    {
        (float low, float high) = Check(values, bits);
        int clusters = 1 << bits;
        double width = ((double)high - low) / clusters;
        byte[] labels = new byte[values.Length];
        double[] sums = new double[clusters];
        int[] counts = new int[clusters];
        for (int i = 0; i < values.Length; i++)
        {
            // The largest value ends the last bin; the formula alone would give it one more.
            int label = width == 0 ? 0 : Math.Min((int)(((double)values[i] - low) / width), clusters - 1);
            labels[i] = (byte)label;
            sums[label] += values[i];
            counts[label]++;
        }

        float[] centroids = new float[clusters];
        for (int c = 0; c < clusters; c++)
        {
            centroids[c] = (float)(counts[c] == 0 ? low + ((c + 0.5) * width) : sums[c] / counts[c]);
        }

        return new Clusters(centroids, labels);
    }

    /// <summary>Runs Lloyd's algorithm from given centroids.</summary>
    /// <param name="values">Finite values, at least one.</param>
    /// <param name="bits">Width of a label.</param>
    /// <param name="centroids">The first centroids, at most 2^bits; receives the last ones.</param>
    /// <param name="iterations">The most iterations.</param>
    /// <param name="cancellation">Stops the work between two of them.</param>
    internal static Clusters Lloyd(ReadOnlySpan<float> values, int bits, double[] centroids, int iterations, CancellationToken cancellation = default)
    {
        var line = new ClusterLine(values);
        for (int i = 0; i < iterations; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            line.Assign(centroids);
            if (!line.Update(centroids))
            {
                break;
            }
        }

        byte[] labels = new byte[values.Length];
        line.Label(values, labels);
        float[] codebook = new float[1 << bits];
        for (int c = 0; c < centroids.Length; c++)
        {
            codebook[c] = (float)centroids[c];
        }

        return new Clusters(codebook, labels);
    }

    private static (float Low, float High) Check(ReadOnlySpan<float> values, int bits)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("There are no values to cluster.", nameof(values));
        }

        if (bits is < 1 or > 8)
        {
            throw new ArgumentOutOfRangeException(nameof(bits), bits, "Labels have 1 to 8 bits.");
        }

        return RangeEstimator.FiniteExtremes(values);
    }
}
