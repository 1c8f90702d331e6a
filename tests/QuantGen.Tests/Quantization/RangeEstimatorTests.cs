using QuantGen.Quantization;

namespace QuantGen.Tests.Quantization;

public sealed class RangeEstimatorTests
{
    [Fact]
    public void Min_max_reaches_the_farthest_value()
    {
        float[] values = [-0.9f, -0.33f, 0f, 0.12f, 0.5f];
        var estimator = new RangeEstimator();
        Assert.Equal(QuantizationParameters.Symmetric(0.9f, 4), estimator.Estimate(values, 4, Mapping.Symmetric, Clipping.MinMax));
        Assert.Equal(QuantizationParameters.Asymmetric(-0.9f, 0.5f, 4), estimator.Estimate(values, 4, Mapping.Asymmetric, Clipping.MinMax));
    }

    [Theory]
    [InlineData(90.0, 9.1f)]
    [InlineData(50.0, 5.5f)]
    [InlineData(100.0, 10f)]
    public void Percentile_interpolates_between_ranks(double percentile, float expected)
    {
        float[] values = [-10f, 1f, 7f, -3f, 5f, 4f, -6f, 8f, 9f, -2f];
        Assert.Equal(
            QuantizationParameters.Symmetric(expected, 8).Scale,
            new RangeEstimator().Estimate(values, 8, Mapping.Symmetric, Clipping.Percentile, percentile).Scale, 1e-6f);
    }

    [Fact]
    public void Percentile_equals_that_of_the_sorted_values()
    {
        float[] values = TestValues.Bell(20_001, 3);
        values.AsSpan(0, 5000).Fill(0.01f);
        float[] sorted = [.. values.Order()];
        QuantizationParameters actual = new RangeEstimator().Estimate(values, 8, Mapping.Asymmetric, Clipping.Percentile, 99.0);
        Assert.Equal(QuantizationParameters.Asymmetric(sorted[100], sorted[19_900], 8), actual);
    }

    [Theory]
    [InlineData(Mapping.Symmetric, 2)]
    [InlineData(Mapping.Symmetric, 3)]
    [InlineData(Mapping.Symmetric, 4)]
    [InlineData(Mapping.Symmetric, 8)]
    [InlineData(Mapping.Asymmetric, 2)]
    [InlineData(Mapping.Asymmetric, 4)]
    [InlineData(Mapping.Asymmetric, 8)]
    public void Smallest_error_is_never_above_min_max_nor_above_a_fine_grid(Mapping mapping, int bits)
    {
        CodeRange codes = CodeRange.For(mapping, bits);
        var estimator = new RangeEstimator();
        foreach (int count in (int[])[1, 7, 768, 4096, 4097, 30_000])
        {
            float[] values = TestValues.Bell(count, count + bits, outliers: count / 500);
            QuantizationParameters full = estimator.Estimate(values, bits, mapping, Clipping.MinMax);
            double error = TestValues.MeanSquaredError(values, estimator.Estimate(values, bits, mapping, Clipping.Mse), codes);
            double best = TestValues.MeanSquaredError(values, full, codes);
            Assert.True(error <= best, $"{count} values: {error} against {best} by min-max");
            for (float factor = 0.02f; factor <= 1; factor += 0.02f)
            {
                best = Math.Min(best, TestValues.MeanSquaredError(values, full with { Scale = full.Scale * factor }, codes));
            }

            Assert.True(error <= best * 1.03, $"{count} values: {error} against {best} on a grid");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(100)]
    public void Two_bits_are_at_least_as_good_as_ternary_weight_networks(int outliers)
    {
        float[] values = TestValues.Bell(6 * 768, 11, outliers: outliers);

        // Ternary weight networks: threshold 0.7 mean|w|, scale the mean of the magnitudes above it.
        double threshold = 0.7 * values.Average(Math.Abs);
        double alpha = values.Where(w => Math.Abs(w) > threshold).Average(Math.Abs);
        double ternary = values.Average(w => Math.Pow(w - (Math.Abs(w) > threshold ? Math.Sign(w) * alpha : 0), 2));

        QuantizationParameters parameters = new RangeEstimator().Estimate(values, 2, Mapping.Symmetric, Clipping.Mse);
        Assert.True(TestValues.MeanSquaredError(values, parameters, CodeRange.For(Mapping.Symmetric, 2)) <= ternary);
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(768, 3)]
    [InlineData(30_000, 50)]
    public void Two_symmetric_bits_come_close_to_the_best_ternary_values(int count, int outliers)
    {
        float[] values = TestValues.Bell(count, count, outliers: outliers);

        // Keeping the k largest magnitudes at their mean leaves sum(w^2) - (sum of the k)^2 / k; the best k is exact.
        double sum = 0;
        double explained = 0;
        int kept = 0;
        foreach (double magnitude in values.Select(w => Math.Abs((double)w)).OrderDescending())
        {
            sum += magnitude;
            kept++;
            explained = Math.Max(explained, sum * sum / kept);
        }

        double best = (values.Sum(w => (double)w * w) - explained) / count;
        QuantizationParameters parameters = new RangeEstimator().Estimate(values, 2, Mapping.Symmetric, Clipping.Mse);
        double error = TestValues.MeanSquaredError(values, parameters, CodeRange.For(Mapping.Symmetric, 2));
        Assert.InRange(error / best, 1 - 1e-6, 1.002);
    }

    [Theory]
    [InlineData(700, Mapping.Symmetric, 4, 0x3D6C1112u, 8)]
    [InlineData(700, Mapping.Asymmetric, 2, 0x3D85315Du, 1)]
    [InlineData(20_000, Mapping.Symmetric, 3, 0x3D021772u, 4)]
    [InlineData(20_000, Mapping.Asymmetric, 8, 0x3B78B380u, 128)]
    public void Smallest_error_gives_the_same_bits_on_every_machine(int count, Mapping mapping, int bits, uint scale, int zeroPoint)
    {
        float[] values = TestValues.Bell(count, 21, outliers: 4);
        QuantizationParameters parameters = new RangeEstimator().Estimate(values, bits, mapping, Clipping.Mse);
        Assert.Equal((scale, zeroPoint), (BitConverter.SingleToUInt32Bits(parameters.Scale), parameters.ZeroPoint));
    }

    [Fact]
    public void Search_measures_the_error_that_the_quantizer_makes()
    {
        float[] values = TestValues.Bell(1003, 2);
        var points = new WeightedPoints();
        points.Take(values, values.Min(), values.Max());
        foreach (Mapping mapping in (Mapping[])[Mapping.Symmetric, Mapping.Asymmetric])
        {
            QuantizationParameters parameters = new RangeEstimator().Estimate(values, 3, mapping, Clipping.Percentile, 95);
            CodeRange codes = CodeRange.For(mapping, 3);
            double expected = TestValues.MeanSquaredError(values, parameters, codes) * values.Length;
            Assert.Equal(1, points.SquaredError(parameters, codes) / expected, 1e-5);
        }
    }

    [Fact]
    public void An_estimator_that_was_used_before_gives_the_same_range()
    {
        float[] values = TestValues.Bell(500, 1);
        var used = new RangeEstimator();
        foreach (Clipping clipping in Enum.GetValues<Clipping>())
        {
            used.Estimate(TestValues.Bell(9000, 2), 3, Mapping.Asymmetric, clipping);
            foreach (Mapping mapping in Enum.GetValues<Mapping>())
            {
                Assert.Equal(new RangeEstimator().Estimate(values, 3, mapping, clipping), used.Estimate(values, 3, mapping, clipping));
            }
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.25f)]
    [InlineData(-3e38f)]
    public void A_constant_comes_back_and_zeros_stay_zero(float constant)
    {
        float[] values = new float[5000];
        values.AsSpan().Fill(constant);
        foreach (Clipping clipping in Enum.GetValues<Clipping>())
        {
            foreach (Mapping mapping in Enum.GetValues<Mapping>())
            {
                QuantizationParameters parameters = new RangeEstimator().Estimate(values, 4, mapping, clipping);
                float value = LinearQuantizer.FakeQuantize(constant, parameters, CodeRange.For(mapping, 4));
                Assert.Equal(constant, value, Math.Abs(constant) * 1e-6f);
            }
        }
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "+infinity")]
    [InlineData(float.NegativeInfinity, "-infinity")]
    public void Refuses_values_that_are_not_finite(float value, string name)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new RangeEstimator().Estimate([0f, value], 8, Mapping.Symmetric, Clipping.MinMax));
        Assert.Contains($"index 1 is {name}", error.Message);
    }

    [Fact]
    public void Refuses_arguments_outside_their_range()
    {
        var estimator = new RangeEstimator();
        Assert.Throws<ArgumentException>(() => estimator.Estimate([], 8, Mapping.Symmetric, Clipping.MinMax));
        Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Estimate([1f], 1, Mapping.Symmetric, Clipping.Mse));
        Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Estimate([1f], 8, Mapping.Symmetric, (Clipping)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Estimate([1f], 8, (Mapping)9, Clipping.MinMax));
        Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Estimate([1f], 8, Mapping.Symmetric, Clipping.Percentile, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Estimate([1f], 8, Mapping.Symmetric, Clipping.Percentile, double.NaN));
    }
}
