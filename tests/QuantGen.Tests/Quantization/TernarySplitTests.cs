using QuantGen.Quantization;
using QuantGen.Schemes;

namespace QuantGen.Tests.Quantization;

/// <summary>A ternary matrix as the sum of two binary ones.</summary>
public sealed class TernarySplitTests
{
    [Theory]
    [InlineData(1, 64, 0f)]
    [InlineData(2, 4096, 0f)]
    [InlineData(3, 4096, 0.3f)]
    [InlineData(4, 4096, -0.3f)]
    public void Halves_add_up_to_the_latent_and_to_the_ternary_weights(int seed, int count, float shift)
    {
        float[] values = [.. TestValues.Bell(count, seed).Select(value => value + (0.05f * shift))];
        (TernarySplit split, float[] ternary, float[] first, float[] second) = Split(values);
        Assert.InRange(split.Share, 0.05, 0.95);
        float scaleOfFirst = BinaryQuantizer.Scale(first);
        float scaleOfSecond = BinaryQuantizer.Scale(second);
        Assert.Equal(scaleOfFirst, scaleOfSecond, 1e-6f * scaleOfFirst);
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(values[i], first[i] + second[i], 1e-7f);
            float sum = BinaryQuantizer.FakeQuantize(first[i], scaleOfFirst) + BinaryQuantizer.FakeQuantize(second[i], scaleOfSecond);
            Assert.Equal(ternary[i], sum, 1e-6f);
        }
    }

    [Fact]
    public void Residuals_change_sides_until_no_half_is_left_with_nothing()
    {
        // Many zeros of one sign, just below the threshold.
        float[] negative = [2f, .. Enumerable.Repeat(-0.31f, 8)];
        Assert.InRange(Split(negative).Split.Share, 0.05, 0.95);
        Assert.InRange(Split([.. negative.Select(value => -value)]).Split.Share, 0.05, 0.95);
    }

    [Fact]
    public void Weights_without_zeros_or_with_nothing_else_are_halved()
    {
        (TernarySplit constant, _, float[] first, float[] second) = Split([0.2f, -0.2f, 0.2f]);
        Assert.Equal(new TernarySplit(0.5, 0), constant);
        Assert.Equal([0.1f, -0.1f, 0.1f], first);
        Assert.Equal(first, second);
        Assert.Equal(new TernarySplit(0.5, 0), Split([0f, 0f]).Split);
    }

    [Fact]
    public void Lengths_must_agree() => Assert.Throws<ArgumentException>(() => TernarySplit.Run(new float[3], new float[3], new float[2], new float[3]));

    [Fact]
    public void Codes_of_one_bit_are_those_of_the_binary_quantizer()
    {
        float[] values = [0.5f, -0.25f, 0f, -0f, float.NaN, -float.Epsilon, .. TestValues.Bell(40, 7)];
        foreach (WeightFitter fitter in (WeightFitter[])[WeightFitter.Range, WeightFitter.Ternary, WeightFitter.Split])
        {
            SchemeFit fit = SchemeFit.Of(fitter, 1, values.AsSpan(6));
            Assert.Equal(BinaryQuantizer.Scale(values.AsSpan(6)), fit.Scale);
            float[] centered = new float[values.Length];
            fit.Center(values, centered);
            Assert.Equal(values.Select(value => (2f * BinaryQuantizer.Quantize(value)) - 1), centered);
        }
    }

    private static (TernarySplit Split, float[] Ternary, float[] First, float[] Second) Split(float[] values)
    {
        SchemeFit fit = SchemeFit.Of(WeightFitter.Ternary, 2, values);
        float[] codes = new float[values.Length];
        fit.Center(values, codes);
        float[] first = new float[values.Length];
        float[] second = new float[values.Length];
        TernarySplit split = TernarySplit.Run(values, codes, first, second);
        return (split, [.. codes.Select(code => code * fit.Scale)], first, second);
    }
}
