using QuantGen.Quantization;

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
    public void Scale_has_a_floor_and_needs_a_value()
    {
        Assert.Equal(QuantizationParameters.SmallestScale, BinaryQuantizer.Scale(new float[5]));
        Assert.Throws<ArgumentException>(() => BinaryQuantizer.Scale([]));
    }
}
