using QuantGen.Quantization;

namespace QuantGen.Tests.Quantization;

/// <summary>
/// Compares with Q-BERT's groups of output rows. The published form keeps the real low end of the range as offset, ours an integer zero point;
/// they are one where the low end is a multiple of the scale, and differ by a shift of less than half a step elsewhere.
/// </summary>
public sealed class QBertGroupTests
{
    [Fact]
    public void Both_forms_agree_where_the_low_end_is_a_multiple_of_the_scale()
    {
        // Two rows with ranges -0.5 to 1 and -2 to 1: scales 0.5 and 1, zero points 1 and 2.
        float[] values = [-0.5f, 0.1f, 0.7f, 1f, -2f, -0.6f, 0.4f, 1f];
        QuantizedMatrix matrix = MatrixQuantizer.Quantize(
            values, 2, 4, new MatrixQuantizerOptions { Bits = 2, Mapping = Mapping.Asymmetric, GroupCount = 2 });
        Assert.Equal([0.5f, 1f], matrix.Scales);
        Assert.Equal([1, 2], matrix.ZeroPoints!);
        Assert.Equal([0, 1, 2, 3, 0, 1, 2, 3], matrix.Codes);
        for (int i = 0; i < values.Length; i++)
        {
            float low = i < 4 ? -0.5f : -2f;
            Assert.Equal(matrix.Codes[i], MathF.Round((values[i] - low) / matrix.Scales[i / 4]));
        }
    }

    [Theory]
    [InlineData(-0.832f, 3.124f, 1.3186667f, 1)]
    [InlineData(-0.832f, 1.215f, 0.68233335f, 1)]
    [InlineData(-0.728f, 3.124f, 1.284f, 1)]
    public void Scale_is_that_of_the_worked_groups_and_zero_is_a_code(float low, float high, float scale, int zeroPoint)
    {
        QuantizationParameters parameters = QuantizationParameters.Asymmetric(low, high, 2);
        Assert.Equal(scale, parameters.Scale, 1e-6f);
        Assert.Equal(zeroPoint, parameters.ZeroPoint);
    }

    [Fact]
    public void More_row_groups_leave_less_error()
    {
        float[] values = new float[64 * 32];
        for (int row = 0; row < 64; row++)
        {
            // Rows of different magnitude are what groups are for.
            TestValues.Bell(32, row, 0.01 * (1 + (row / 8))).CopyTo(values, row * 32);
        }

        double last = 0;
        foreach (int groupCount in (int[])[1, 2, 8, 64])
        {
            double ratio = MatrixQuantizer.Quantize(
                values, 64, 32, new MatrixQuantizerOptions { Bits = 2, Mapping = Mapping.Asymmetric, GroupCount = groupCount }).SignalToNoiseDb(values);
            Assert.True(ratio > last, $"{groupCount} groups: {ratio} dB after {last} dB");
            last = ratio;
        }
    }
}
