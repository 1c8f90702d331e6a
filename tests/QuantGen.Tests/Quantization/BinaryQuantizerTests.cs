using QuantGen.Quantization;
using QuantGen.Schemes;

namespace QuantGen.Tests.Quantization;

public sealed class BinaryQuantizerTests
{
    [Fact]
    public void Mean_magnitude_and_signs_are_those_of_the_worked_example()
    {
        float[] w = [0.9f, -0.1f, 0.35f, -0.6f, 0.02f, 0.25f, -0.04f, 0.9f];
        float scale = BinaryQuantizer.Scale(w);
        byte[] codes = new byte[8];
        float[] values = new float[8];
        BinaryQuantizer.Quantize(w, codes);
        BinaryQuantizer.Dequantize(codes, scale, values);
        Assert.Equal(0.395f, scale, 1e-6f);
        Assert.Equal([1, 0, 1, 0, 1, 1, 0, 1], codes);
        Assert.Equal(w.Select(value => value >= 0 ? scale : -scale), values);
        Assert.Equal(values, w.Select(value => BinaryQuantizer.FakeQuantize(value, scale)));
    }

    [Fact]
    public void Sign_of_zero_is_plus()
    {
        Assert.Equal(1, BinaryQuantizer.Quantize(0f));
        Assert.Equal(1, BinaryQuantizer.Quantize(-0f));
        Assert.Equal(0, BinaryQuantizer.Quantize(-1e-40f));
        Assert.Equal(0, BinaryQuantizer.Quantize(float.NaN));
        Assert.Equal(0, BinaryQuantizer.Quantize(float.NegativeInfinity));
    }

    [Fact]
    public void One_bit_around_the_mean_is_that_of_the_written_definition()
    {
        float[] w = [.. TestValues.Bell(999, 5, 0.5).Select(value => value + 0.3f), 0.25f];
        float mean = BinaryQuantizer.Mean(w);
        SchemeFit fit = SchemeFit.Of(WeightFitter.Centered, 1, w);
        Assert.Equal(w.Average(value => (double)value), mean, 1e-7);
        Assert.Equal(w.Average(value => Math.Abs((double)value - mean)), fit.Scale, 1e-7);
        float[] centered = new float[w.Length];
        fit.Center(w, centered);
        Assert.Equal(w.Select(value => (double)value - mean >= 0 ? 1f : -1f), centered);
        float[] edges = [mean, MathF.BitDecrement(mean), float.NaN];
        fit.Center(edges, centered.AsSpan(0, 3));
        Assert.Equal([1f, -1f, -1f], centered[..3]);
        Assert.Equal(SchemeFit.Of(WeightFitter.Ternary, 2, w), SchemeFit.Of(WeightFitter.Centered, 2, w));
        Assert.Throws<ArgumentException>(() => BinaryQuantizer.Mean([]));
    }

    [Fact]
    public void Scale_has_a_floor_and_needs_a_value()
    {
        Assert.Equal(QuantizationParameters.SmallestScale, BinaryQuantizer.Scale(new float[5]));
        Assert.Throws<ArgumentException>(() => BinaryQuantizer.Scale([]));
    }
}
