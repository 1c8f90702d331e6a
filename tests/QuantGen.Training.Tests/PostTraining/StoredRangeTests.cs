using QuantGen.Quantization;
using QuantGen.Schemes;
using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.Tests.PostTraining;

public sealed class StoredRangeTests
{
    [Fact]
    public void Threshold_of_a_range_off_zero_learns_by_the_codes_at_both_ends()
    {
        const int Bits = 4;
        var given = new QuantizationParameters(0.5f, 3);
        var stored = new StoredRange("site", given, Bits);
        Assert.Equal(given, stored.Parameters);
        var range = new SiteRange(
            "site", 1, Bits, ActivationSide.Learned, stored.Threshold, new TrainableOptions { ScaleGradientFactor = false }, [given.ZeroPoint]);
        var site = new TrainableSite(range, columns: 4);
        using var pass = new TrainingPass(new TrainableOptions { Threads = 1 });
        pass.Begin(new TrainingBatch([0], [0], [0, 1]), new ForwardOptions(ForwardPurpose.Evaluate));

        // Codes are 0 to 15, so that values from -1.5 to 6 have one; 0.7 lies between codes 4 and 5.
        float[] values = [-9f, 9f, 0.7f, 6f];
        LinearInput codes = site.Quantize(pass, values, rows: 1, use: 0);
        Assert.Equal([-3f, 12f, 1f, 12f], codes.Values[..4]);
        float[] gradient = [1f, 2f, 3f, 0f];
        site.Backward(pass, values, rows: 1, use: 0, gradient);
        Assert.Equal([0f, 0f, 3f, 0f], gradient);

        // The threshold is seven steps: a value that is clipped moves by its code's seventh, one inside by its rounding error.
        float expected = ((1 * -3f) + (2 * 12f) + (3 * (1f - 1.4f))) / 7f;
        Assert.Equal(expected, stored.Threshold.Gradients[0], 1e-5f);
    }
}
