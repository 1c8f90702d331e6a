using QuantGen.Tasks;

namespace QuantGen.Tests.Metrics;

public sealed class CorrelationMetricsTests
{
    private static readonly double[] s_a = [1, 2, 2, 4.5, 3];
    private static readonly double[] s_b = [0.9, 2.5, 1.7, 4, 4];

    [Fact]
    public void Worked_example_agrees()
    {
        Assert.Equal([1, 2.5, 2.5, 5, 4], CorrelationMetrics.AverageRanks(s_a));
        Assert.Equal([1, 3, 2, 4.5, 4.5], CorrelationMetrics.AverageRanks(s_b));
        Assert.Equal(0.896369225597575, CorrelationMetrics.Pearson(s_a, s_b), 1e-9);
        Assert.Equal(0.9473684210526315, CorrelationMetrics.Spearman(s_a, s_b), 1e-9);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.0)]
    [InlineData(1e300)]
    public void A_constant_side_has_no_correlation(double constant)
    {
        double[] same = [.. Enumerable.Repeat(constant, 5)];
        Assert.Equal(0.0, CorrelationMetrics.Pearson(same, s_b));
        Assert.Equal(0.0, CorrelationMetrics.Spearman(s_a, same));
    }

    [Fact]
    public void Order_is_all_that_spearman_sees()
    {
        double[] cubes = [.. s_a.Select(x => x * x * x)];
        Assert.Equal(1.0, CorrelationMetrics.Spearman(s_a, cubes), 1e-12);
        Assert.Equal(-1.0, CorrelationMetrics.Pearson(s_a, [.. s_a.Select(x => -3 * x)]), 1e-12);
    }

    [Fact]
    public void Refuses_unequal_lengths_and_values_that_are_not_finite()
    {
        Assert.Throws<ArgumentException>(() => CorrelationMetrics.Pearson([1.0], [1.0, 2.0]));
        Assert.Throws<ArgumentException>(() => CorrelationMetrics.Spearman([], []));
        Assert.Throws<ArgumentException>(() => CorrelationMetrics.Spearman([1.0, double.NaN], [1.0, 2.0]));
        Assert.Throws<ArgumentException>(() => CorrelationMetrics.Pearson([1.0, 2.0], [1.0, double.PositiveInfinity]));
    }
}
