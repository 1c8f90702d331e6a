using QuantGen.Quantization;

namespace QuantGen.Tests.Quantization;

public sealed class ElasticBinarizerTests
{
    [Fact]
    public void Codes_are_those_of_the_written_definition()
    {
        foreach ((float scale, float shift) in ((float, float)[])[(1f, 0f), (0.5f, -0.25f), (0.7f, 0.1f), (3f, 2.5f), (1e-8f, 0f)])
        {
            foreach (float x in TestValues.Bell(2000, 7, 1.0))
            {
                double u = ((double)x - shift) / scale;
                var signed = new ElasticBinarizer(scale, shift, IsSigned: true);
                Assert.Equal(u >= 0 ? scale : -scale, signed.FakeQuantize(x));
                var oneSided = new ElasticBinarizer(scale, shift, IsSigned: false);
                Assert.Equal(Math.Round(Math.Clamp(u, 0, 1)) * scale, oneSided.FakeQuantize(x));
            }
        }
    }

    [Fact]
    public void Sign_of_zero_is_plus_and_a_half_rounds_to_the_even_zero()
    {
        var signed = new ElasticBinarizer(2f, 0f, IsSigned: true);
        Assert.Equal([2f, 2f, -2f, -2f], new[] { 0f, -0f, -1e-45f, float.NaN }.Select(signed.FakeQuantize));
        var shifted = new ElasticBinarizer(2f, 0.3f, IsSigned: true);
        Assert.Equal([2f, -2f], new[] { 0.3f, MathF.BitDecrement(0.3f) }.Select(shifted.FakeQuantize));
        var oneSided = new ElasticBinarizer(2f, 0f, IsSigned: false);
        Assert.Equal([0f, 2f, 0f, 0f, 2f, 0f], new[] { 1f, MathF.BitIncrement(1f), -5f, float.NaN, float.PositiveInfinity, 0f }.Select(oneSided.FakeQuantize));
    }

    [Fact]
    public void Products_of_both_kinds_are_counts_of_differing_bits()
    {
        var random = new Random(3);
        const int Columns = 130;
        byte[] x = new byte[Columns];
        byte[] w = new byte[Columns];
        for (int trial = 0; trial < 20; trial++)
        {
            random.NextBytes(x);
            random.NextBytes(w);
            x = Array.ConvertAll(x, b => (byte)(b & 1));
            w = Array.ConvertAll(w, b => (byte)(b & 1));
            int differing = x.Zip(w, (a, b) => a ^ b).Sum();
            int rowSum = w.Sum(b => (2 * b) - 1);
            foreach (bool isSigned in (bool[])[true, false])
            {
                var binarizer = new ElasticBinarizer(1f, 0f, isSigned);
                float expected = x.Zip(w, (a, b) => binarizer.Value(a) * BinaryQuantizer.Dequantize(b, 1f)).Sum();
                Assert.Equal(expected, (Columns - (2 * differing) - (binarizer.ZeroPoint * rowSum)) * binarizer.Step);
            }
        }
    }

    [Theory]
    [InlineData(true, 1f, 0f)]
    [InlineData(true, 0.5f, -0.25f)]
    [InlineData(false, 0.7f, 0.125f)]
    [InlineData(false, 2f, -0.5f)]
    public void Slopes_are_those_of_elastic_binarization(bool isSigned, float scale, float shift)
    {
        var binarizer = new ElasticBinarizer(scale, shift, isSigned);
        float[] ends = [shift + scale, shift - scale, shift, MathF.BitIncrement(shift + scale)];
        foreach (float x in TestValues.Bell(3000, 9, 1.0).Concat(ends))
        {
            float u = (x - shift) / scale;
            (float passes, float byScale, float byShift) = isSigned
                ? (Math.Abs(u) <= 1 ? 1f : 0f, Math.Abs(u) > 1 ? MathF.Sign(u) : (u >= 0 ? 1f : -1f) - u, Math.Abs(u) <= 1 ? -1f : 0f)
                : (u is >= 0 and <= 1 ? 1f : 0f, u < 0 ? 0f : u > 1 ? 1f : MathF.Round(u) - u, u is >= 0 and <= 1 ? -1f : 0f);
            Assert.Equal(passes == 1f, binarizer.IsInside(x));
            Assert.Equal(byScale, binarizer.ScaleSlope(x), 1e-6f);
            Assert.Equal(byShift, binarizer.ShiftSlope(x));
        }
    }

    [Fact]
    public void Scales_begin_as_multiples_of_the_mean_and_have_a_floor()
    {
        Assert.Equal(0.5f, ElasticBinarizer.InitialScale(0.25, isSigned: true));
        Assert.Equal(1f, ElasticBinarizer.InitialScale(0.25, isSigned: false));
        Assert.Equal(QuantizationParameters.SmallestScale, ElasticBinarizer.InitialScale(0, isSigned: true));
        Assert.Equal(QuantizationParameters.SmallestScale, new ElasticBinarizer(0f, 0f, IsSigned: true).Scale);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Observed_means_depend_on_no_order_and_refuse_what_is_not_finite(bool isSigned)
    {
        float[] values = [.. TestValues.Bell(5000, 4, 1.0, outliers: 20), 300f, -1e20f, 1e-30f];
        var whole = new MeanObserver(isSigned);
        whole.Observe(values);
        var backwards = new MeanObserver(isSigned);
        foreach (float[] chunk in values.Reverse().Chunk(37))
        {
            backwards.Observe(chunk);
        }

        Assert.Equal(whole.Range(1), backwards.Range(1));
        Assert.Throws<InvalidOperationException>(() => new MeanObserver(isSigned).Range(1));
        Assert.Throws<ArgumentException>(() => whole.Observe([1f, float.NaN]));
        Assert.Equal(whole.Range(1), backwards.Range(1));
    }

    [Fact]
    public void Observed_ranges_end_at_the_two_values()
    {
        var signed = new MeanObserver(isSigned: true);
        signed.Observe([1f, -3f, 0f, 2f]);
        Assert.Equal(new QuantizationRange(-3f, 3f), signed.Range(1));
        var oneSided = new MeanObserver(isSigned: false);
        oneSided.Observe([1f, -3f, 0f, 2f]);
        Assert.Equal(new QuantizationRange(0f, 3f), oneSided.Range(1));
    }
}
