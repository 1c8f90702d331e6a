using QuantGen.Quantization;

namespace QuantGen.Tests.Quantization;

public sealed class ClusterQuantizerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void K_means_equals_the_plain_algorithm(int bits)
    {
        float[] values = TestValues.Bell(3000, bits);
        double[] centroids = ClusterSeeding.Draw(values, 1 << bits, 7);
        double[] expected = [.. centroids];
        byte[] labels = new byte[values.Length];
        for (int i = 0; i < 4; i++)
        {
            PlainIteration(values, expected, labels);
        }

        Clusters clusters = ClusterQuantizer.KMeans(values, bits, 4, 7);
        Assert.Equal(labels, clusters.Labels);
        Assert.All(expected.Zip(clusters.Centroids), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void A_value_in_the_middle_belongs_to_the_lower_index()
    {
        Assert.Equal([0, 0, 1], ClusterQuantizer.Lloyd([-1f, 0f, 1f], 1, [-1, 1], 1).Labels);
        Assert.Equal([1, 0, 0], ClusterQuantizer.Lloyd([-1f, 0f, 1f], 1, [1, -1], 1).Labels);
    }

    [Fact]
    public void Of_equal_centroids_the_first_has_all_members()
    {
        Clusters clusters = ClusterQuantizer.Lloyd([1f, 2f, 3f, 9f], 2, [9, 2, 2, 2], 1);
        Assert.Equal([1, 1, 1, 0], clusters.Labels);
        Assert.Equal([9f, 2f, 2f, 2f], clusters.Centroids);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Few_distinct_values_are_represented_exactly(int distinct)
    {
        float[] values = [.. Enumerable.Range(0, 5000).Select(i => 0.1f * (i * 7 % distinct))];
        Clusters clusters = ClusterQuantizer.KMeans(values, 3);
        Assert.Equal(values, clusters.Labels.Select(label => clusters.Centroids[label]));
        Assert.Equal(distinct, clusters.Labels.Distinct().Count());
        Assert.All(clusters.Centroids.Skip(distinct), centroid => Assert.Equal(0f, centroid));
    }

    [Fact]
    public void A_lone_value_among_large_ones_is_exact()
    {
        float[] values = [.. Enumerable.Repeat(1e6f, 100_000), 1e-3f, .. Enumerable.Repeat(-1e6f, 100_000)];
        Clusters clusters = ClusterQuantizer.KMeans(values, 2);
        Assert.Equal(values, clusters.Labels.Select(label => clusters.Centroids[label]));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-0.3f)]
    public void A_constant_has_one_cluster(float value)
    {
        float[] values = [.. Enumerable.Repeat(value, 100)];
        foreach (Clusters clusters in (Clusters[])[ClusterQuantizer.KMeans(values, 2), ClusterQuantizer.Linear(values, 2)])
        {
            Assert.All(clusters.Labels, label => Assert.Equal(0, label));
            Assert.Equal(4, clusters.Centroids.Length);
            Assert.Equal(value, clusters.Centroids[0]);
        }
    }

    [Fact]
    public void Linear_clusters_cover_the_widest_range_of_floats()
    {
        Clusters clusters = ClusterQuantizer.Linear([-float.MaxValue, 0f, float.MaxValue], 1);
        Assert.Equal([0, 1, 1], clusters.Labels);
        Assert.All(clusters.Centroids, centroid => Assert.True(float.IsFinite(centroid)));
    }

    [Fact]
    public void Iterations_never_raise_the_error()
    {
        float[] values = TestValues.Bell(20_000, 5);
        double[] errors = [.. Enumerable.Range(1, 8).Select(iterations => Error(values, ClusterQuantizer.KMeans(values, 3, iterations, 1)))];
        Assert.Equal(errors.OrderDescending(), errors);
        Assert.True(errors[^1] < Error(values, ClusterQuantizer.Linear(values, 3)));
    }

    [Fact]
    public void Equal_seeds_give_equal_clusters_and_others_begin_elsewhere()
    {
        float[] values = TestValues.Bell(2000, 3);
        Clusters clusters = ClusterQuantizer.KMeans(values, 4, 3, 11);
        Clusters again = ClusterQuantizer.KMeans(values, 4, 3, 11);
        Assert.Equal(clusters.Centroids, again.Centroids);
        Assert.Equal(clusters.Labels, again.Labels);
        Assert.NotEqual(clusters.Centroids, ClusterQuantizer.KMeans(values, 4, 3, 12).Centroids);
    }

    [Fact]
    public void More_than_a_million_values_are_seeded_from_a_sample_and_all_assigned()
    {
        float[] values = TestValues.Bell(ClusterSeeding.SampledBeyond + 1, 2);
        Clusters clusters = ClusterQuantizer.KMeans(values, 2, 10);
        Assert.Equal(values.Length, clusters.Labels.Length);

        // The best four levels leave 0.1175 of the variance of a normal distribution (Max, 1960) and less of one with shorter tails.
        Assert.InRange(Error(values, clusters) / values.Sum(value => (double)value * value), 0.09, 0.1175);
    }

    [Fact]
    public void Signal_to_noise_is_infinite_where_nothing_changes()
    {
        Assert.Equal(double.PositiveInfinity, ClusterQuantizer.KMeans([1f, 2f, 2f], 1).SignalToNoiseDb([1f, 2f, 2f]));
        Assert.Equal(10, new Clusters([0f, 3f], [1]).SignalToNoiseDb([(float)(3 / (1 - Math.Sqrt(0.1)))]), 1e-4);
    }

    [Fact]
    public void Rejects_what_has_no_clusters()
    {
        Assert.Throws<ArgumentException>(() => ClusterQuantizer.KMeans([], 2));
        Assert.Throws<ArgumentException>(() => ClusterQuantizer.Linear([], 2));
        Assert.Contains("index 1", Assert.Throws<ArgumentException>(() => ClusterQuantizer.KMeans([0f, float.NaN], 2)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "index 0", Assert.Throws<ArgumentException>(() => ClusterQuantizer.Linear([float.PositiveInfinity], 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => ClusterQuantizer.KMeans([0f], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClusterQuantizer.Linear([0f], 9));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClusterQuantizer.KMeans([0f], 2, 0));
    }

    [Fact]
    public void Random_numbers_are_those_of_split_mix()
    {
        // The published generator from state 0, which is what the mixed seed of -golden gamma is.
        ulong seed = unchecked(0UL - 0x9E3779B97F4A7C15);
        Assert.Equal(0xE220A8397B1DCDAFUL, CounterRandom.Bits(seed, 0));
        Assert.Equal(0x6E789E6AA1B965F4UL, CounterRandom.Bits(seed, 1));
        Assert.Equal(0.5, Enumerable.Range(0, 10_000).Average(i => CounterRandom.Uniform(3, (ulong)i)), 0.01);
    }

    private static void PlainIteration(float[] values, double[] centroids, byte[] labels)
    {
        double[] sums = new double[centroids.Length];
        int[] counts = new int[centroids.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int best = 0;
            for (int c = 1; c < centroids.Length; c++)
            {
                best = Math.Abs(values[i] - centroids[c]) < Math.Abs(values[i] - centroids[best]) ? c : best;
            }

            labels[i] = (byte)best;
            sums[best] += values[i];
            counts[best]++;
        }

        for (int c = 0; c < centroids.Length; c++)
        {
            centroids[c] = counts[c] == 0 ? centroids[c] : sums[c] / counts[c];
        }
    }

    private static double Error(float[] values, Clusters clusters)
    {
        double error = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double difference = values[i] - clusters.Centroids[clusters.Labels[i]];
            error += difference * difference;
        }

        return error;
    }
}
