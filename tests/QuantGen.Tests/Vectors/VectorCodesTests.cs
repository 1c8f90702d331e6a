using QuantGen.Vectors;

namespace QuantGen.Tests.Vectors;

public sealed class VectorCodesTests
{
    [Fact]
    public void Shorter_vectors_are_as_long_as_one_again()
    {
        Assert.Equal([0.6f, 0.8f], VectorCodes.Truncate([3, 4, 12], 2));
        Assert.Equal([3f, 4f], VectorCodes.Truncate([3, 4, 12], 2, normalize: false));
        Assert.Equal([0f], VectorCodes.Truncate([0, 1], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => VectorCodes.Truncate([1], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => VectorCodes.Truncate([1], 0));
    }

    [Fact]
    public void Signs_stand_from_the_lowest_bit_on()
    {
        byte[] bits = [0xFF, 0xFF];
        VectorCodes.PackSigns([1, -1, 0, 2, -3, 1, -1, -1, 5], bits);
        Assert.Equal([0b0010_1001, 1], bits);
        Assert.Throws<ArgumentException>(() => VectorCodes.PackSigns([1], bits));
    }

    [Fact]
    public void A_global_step_gives_the_largest_magnitude_127()
    {
        Int8Calibration calibration = Int8Calibration.Global([[0.5f, -1], [0.25f, 0]]);
        sbyte[] codes = new sbyte[2];
        calibration.Quantize([0.5f, -1], codes);
        Assert.Equal([64, -127], codes);
        calibration.Quantize([9, -9], codes);
        Assert.Equal([127, -128], codes);
    }

    [Fact]
    public void A_range_of_each_dimension_has_all_codes()
    {
        Int8Calibration calibration = Int8Calibration.PerDimension([[0, 7], [255, 7], [10, 7]]);
        sbyte[] codes = new sbyte[2];
        calibration.Quantize([0, 7], codes);
        Assert.Equal([-128, 0], codes);
        calibration.Quantize([255, 8], codes);
        Assert.Equal([127, 1], codes);
        float[] decoded = new float[2];
        calibration.Dequantize([-118, 0], decoded);
        Assert.Equal([10, 7], decoded);
    }

    [Fact]
    public void A_vector_of_zeros_has_the_code_0()
    {
        sbyte[] codes = [1, 1];
        Assert.Equal(1, Int8Calibration.QuantizeAlone([0, 0], codes));
        Assert.Equal([0, 0], codes);
        Int8Calibration.Global([[0, 0]]).Quantize([0, 0], codes);
        Assert.Equal([0, 0], codes);
    }

    [Fact]
    public void Calibrations_need_vectors_of_one_length()
    {
        Assert.Throws<ArgumentException>(() => Int8Calibration.Global([]));
        Assert.Throws<ArgumentException>(() => Int8Calibration.PerDimension([[1], [1, 2]]));
        Assert.Throws<ArgumentException>(() => Int8Calibration.Global([[1]]).Quantize([1, 2], new sbyte[2]));
        Assert.Throws<ArgumentException>(() => Int8Calibration.Global([[1]]).Dequantize(new sbyte[2], new float[2]));
    }
}
