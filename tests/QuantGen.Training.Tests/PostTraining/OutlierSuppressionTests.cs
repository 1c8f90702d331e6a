using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Training.PostTraining.Solving;
using QuantGen.Training.PostTraining.Steps;

namespace QuantGen.Training.Tests.PostTraining;

public sealed class OutlierSuppressionTests
{
    [Fact]
    public void Factors_as_good_as_0_stay_where_they_are() =>
        Assert.Equal([2f, 1f, -0.5f, 1f, 1e-5f], GammaMigrationStep.Divisors([2f, 0f, -0.5f, -9e-6f, 1e-5f]));

    [Fact]
    public void Smoothing_shares_the_spread_evenly_at_one_half()
    {
        float[] divisors = SmoothStep.Divisors([16f, 4f, 0f, 3f], [1f, 4f, 2f, 0f], 0.5);
        Assert.Equal([4f, 1f, 1f, 1f], divisors);

        // Both sides then have the geometric mean as their largest value.
        Assert.Equal(16f / divisors[0], 1f * divisors[0]);
        Assert.Equal([16f, 4f], SmoothStep.Divisors([16f, 4f], [1f, 4f], 1)[..2]);
    }

    [Fact]
    public void Where_no_token_is_within_the_quantile_all_are_kept()
    {
        Assert.Equal((-3f, -1f), TokenClipping.Clip([-1f, -2f], [-3f, -2.5f], 1));
        Assert.Equal((0.5f, -1f), TokenClipping.Clip([-1f, -9f, -1f], [0.5f, 0.7f, 0.9f], 0.5));
        Assert.Equal((-2f, 3f), TokenClipping.Clip([3f], [-2f], 0.7));
    }

    [Fact]
    public void Ranges_are_the_means_of_batches_and_probabilities_are_not_clipped()
    {
        var extremes = new TokenExtremes([new ActivationSite("in", 2, 1, true), new ActivationSite("self.probabilities", 0, 1, true)]);
        extremes.BeginBatch();
        extremes.Observe(0, 0, [-1f, 2f]);
        extremes.Observe(0, 0, [-0.5f, 1f]);
        extremes.Observe(0, 0, [-8f, 10f]);
        extremes.Observe(1, 0, [0.25f, 0.75f]);
        extremes.Observe(1, 0, [0f, 1f]);
        extremes.BeginBatch();
        extremes.Observe(0, 0, [-3f, 4f]);
        Assert.Equal(new QuantizationRange(-2f, 3f), extremes.Range("in", 0, 0.5));
        Assert.Equal(new QuantizationRange(-5.5f, 7f), extremes.Range("in", 0, 1));
        Assert.Equal(new QuantizationRange(0f, 1f), extremes.Range("self.probabilities", 0, 0.5));
    }
}
