using QuantGen.Tasks;

namespace QuantGen.Tests.Metrics;

public sealed class ClassificationMetricsTests
{
    private static readonly int[] s_labels = [1, 1, 0, 1, 0, 0, 1, 1, 0, 1];

    [Fact]
    public void Worked_example_agrees()
    {
        int[] predictions = [1, 0, 0, 1, 1, 0, 1, 1, 0, 1];
        Assert.Equal(0.8, ClassificationMetrics.Accuracy(predictions, s_labels), 1e-9);
        Assert.Equal(0.8333333333333334, ClassificationMetrics.F1(predictions, s_labels), 1e-9);
        Assert.Equal(0.5833333333333334, ClassificationMetrics.Matthews(predictions, s_labels), 1e-9);
    }

    [Fact]
    public void A_constant_predictor_has_no_matthews_correlation()
    {
        int[] ones = [.. Enumerable.Repeat(1, 10)];
        Assert.Equal(0.0, ClassificationMetrics.Matthews(ones, s_labels));
        Assert.Equal(0.75, ClassificationMetrics.F1(ones, s_labels), 1e-9);
        Assert.Equal(0.6, ClassificationMetrics.Accuracy(ones, s_labels), 1e-9);
        Assert.Equal(0.0, ClassificationMetrics.F1([0, 0], [0, 0]));
    }

    [Fact]
    public void Matthews_survives_counts_whose_product_exceeds_64_bits()
    {
        int[] labels = [.. Enumerable.Range(0, 400_000).Select(i => i % 2)];
        Assert.Equal(1.0, ClassificationMetrics.Matthews(labels, labels), 1e-12);
    }

    [Fact]
    public void Ties_go_to_the_lower_index_and_nan_is_never_largest()
    {
        Assert.Equal(1, ClassificationMetrics.ArgMax([0f, 3f, 3f]));
        Assert.Equal(2, ClassificationMetrics.ArgMax([float.NaN, -5f, -4f, float.NaN]));
        Assert.Equal(0, ClassificationMetrics.ArgMax([float.NaN, float.NaN]));
        Assert.Throws<ArgumentException>(() => ClassificationMetrics.ArgMax([]));
    }

    [Fact]
    public void Refuses_unequal_lengths_and_other_classes()
    {
        Assert.Throws<ArgumentException>(() => ClassificationMetrics.Accuracy([], []));
        Assert.Throws<ArgumentException>(() => ClassificationMetrics.Accuracy([1], [1, 0]));
        Assert.Throws<ArgumentException>(() => ClassificationMetrics.F1([2], [1]));
        Assert.Throws<ArgumentException>(() => ClassificationMetrics.Matthews([1], [-1]));
    }
}
