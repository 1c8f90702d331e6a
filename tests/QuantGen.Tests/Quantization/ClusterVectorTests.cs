using System.Text.Json;
using QuantGen.Quantization;

namespace QuantGen.Tests.Quantization;

/// <summary>Compares clusters with worked numbers computed in float64.</summary>
[Trait("Category", "Shared")]
public sealed class ClusterVectorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Linear_clusters_agree(int bits)
    {
        JsonElement data = Case($"linear eq2-4 k={bits}");
        AssertClusters(data, "labels", "centroids", ClusterQuantizer.Linear(Floats(data, "v"), bits));
    }

    [Fact]
    public void Linear_clusters_of_a_constant_agree()
    {
        JsonElement data = Case("linear constant vector");
        Clusters clusters = ClusterQuantizer.Linear(Floats(data, "v"), 2);
        Assert.Equal(Doubles(data, "labels"), clusters.Labels.Select(label => (double)label));
        Assert.Equal(Doubles(data, "v_hat"), clusters.Labels.Select(label => (double)clusters.Centroids[label]));
    }

    [Fact]
    public void Every_iteration_of_k_means_agrees()
    {
        JsonElement data = Case("k-means k=2 bits from given init");
        AssertIterations(data);
        AssertClusters(data, "final_labels", "final_centroids", ClusterQuantizer.Lloyd(Floats(data, "v"), 2, Doubles(data, "init"), 3));
    }

    [Fact]
    public void Every_iteration_with_an_empty_cluster_agrees() => AssertIterations(Case("k-means with an empty cluster"));

    [Fact]
    public void Seeding_by_given_draws_agrees()
    {
        JsonElement data = Case("k-means++ seeding");
        double[] draws = Doubles(data, "draws");
        int[] chosen = ClusterSeeding.Choose(Floats(data, "v"), 4, draw => draws[draw]);
        Assert.Equal(Doubles(data, "chosen_index"), chosen.Select(index => (double)index));
    }

    [Fact]
    public void Seeding_stops_when_there_are_no_more_distinct_values()
    {
        JsonElement data = Case("more clusters than unique values");
        int[] chosen = ClusterSeeding.Choose(Floats(data, "v"), 8, draw => draw == 0 ? 0 : 0.5);
        Assert.Equal(Doubles(data, "chosen_index"), chosen.Select(index => (double)index));
        Assert.Equal(data.GetProperty("used_clusters").GetInt32(), chosen.Length);
    }

    private static void AssertIterations(JsonElement data)
    {
        int iterations = 0;
        foreach (JsonElement iteration in data.GetProperty("iterations").EnumerateArray())
        {
            iterations++;
            AssertClusters(iteration, "labels", "centroids", ClusterQuantizer.Lloyd(Floats(data, "v"), 2, Doubles(data, "init"), iterations));
        }
    }

    private static void AssertClusters(JsonElement data, string labels, string centroids, Clusters clusters)
    {
        Assert.Equal(Doubles(data, labels), clusters.Labels.Select(label => (double)label));
        Assert.Equal(Doubles(data, centroids).Length, clusters.Centroids.Length);
        Assert.All(Doubles(data, centroids).Zip(clusters.Centroids), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    private static JsonElement Case(string name)
    {
        byte[] json = File.ReadAllBytes(SharedFiles.Path("vectors/08_kmeans_linear.json"));
        return JsonSerializer.Deserialize<JsonElement>(json).GetProperty("cases").EnumerateArray()
            .Single(item => item.GetProperty("name").GetString()!.StartsWith(name, StringComparison.Ordinal));
    }

    private static double[] Doubles(JsonElement item, string key) => [.. item.GetProperty(key).EnumerateArray().Select(v => v.GetDouble())];

    private static float[] Floats(JsonElement item, string key) => [.. Doubles(item, key).Select(v => (float)v)];
}
