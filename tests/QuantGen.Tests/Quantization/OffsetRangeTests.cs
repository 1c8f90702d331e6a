using QuantGen.Quantization;

namespace QuantGen.Tests.Quantization;

public sealed class OffsetRangeTests
{
    [Fact]
    public void A_range_of_one_value_has_code_0_for_it()
    {
        QuantizationParameters range = QuantizationParameters.Offset(1.5f, 1.5f, 4);
        byte code = LinearQuantizer.Quantize(1.5f, range, CodeRange.For(Mapping.Offset, 4));
        Assert.Equal(0, code);
        Assert.Equal(1.5f, LinearQuantizer.Dequantize(code, range));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void Where_the_range_begins_at_0_code_0_is_0(int bits)
    {
        QuantizationParameters range = QuantizationParameters.Offset(0f, 0.7183f, bits);
        Assert.Equal(0f, LinearQuantizer.Dequantize(0, range));
        Assert.Equal(0, LinearQuantizer.Quantize(0f, range, CodeRange.For(Mapping.Offset, bits)));
    }

    [Theory]
    [InlineData(float.NaN, 1f)]
    [InlineData(0f, float.PositiveInfinity)]
    [InlineData(1f, 0f)]
    public void Refuses_what_is_no_range(float low, float high) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizationParameters.Offset(low, high, 8));

    [Fact]
    public void The_widest_range_has_a_finite_scale() =>
        Assert.True(float.IsFinite(QuantizationParameters.Offset(-float.MaxValue, float.MaxValue, 2).Scale));
}
