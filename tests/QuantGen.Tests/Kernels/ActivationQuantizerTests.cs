using QuantGen.Kernels;

namespace QuantGen.Tests.Kernels;

public sealed class ActivationQuantizerTests
{
    [Theory]
    [InlineData(0.5f, 1f, 0, 0)]
    [InlineData(1.5f, 1f, 0, 2)]
    [InlineData(2.5f, 1f, 1, 3)]
    [InlineData(-0.5f, 1f, 1, 1)]
    [InlineData(-1.5f, 1f, 3, 1)]
    [InlineData(254.5f, 1f, 0, 254)]
    [InlineData(1000f, 1f, 0, 255)]
    [InlineData(-1000f, 1f, 9, 0)]
    [InlineData(float.NaN, 1f, 77, 77)]
    [InlineData(float.PositiveInfinity, 1f, 77, 255)]
    [InlineData(float.NegativeInfinity, 1f, 77, 0)]
    public void Codes_round_half_to_even_before_the_zero_point_is_added(float x, float inverse, int zero, int code) =>
        Assert.Equal(code, new ActivationParameters(1f / inverse, inverse, zero).Code(x));

    [Fact]
    public void Range_always_holds_zero_and_is_never_degenerate()
    {
        Assert.Equal(new ActivationParameters(1f / 255f, 1f / (1f / 255f), 0), ActivationParameters.FromMinMax(0.5f, 1f));
        Assert.Equal(255, ActivationParameters.FromMinMax(-1f, -0.5f).ZeroPoint);
        Assert.Equal(new ActivationParameters(1e-8f, 1f / 1e-8f, 0), ActivationParameters.FromMinMax(0f, 0f));
        ActivationParameters infinite = ActivationParameters.FromMinMax(float.NegativeInfinity, float.PositiveInfinity);
        Assert.True(float.IsFinite(infinite.Scale) && infinite.Inverse > 0f && infinite.ZeroPoint is 127 or 128);
    }

    [Fact]
    public void Sum_of_centered_codes_is_exact_at_the_largest_width()
    {
        const int Columns = 32768;
        float[] input = Enumerable.Repeat(1f, Columns).ToArray();
        byte[] codes = new byte[Columns];
        float scale = 0f;
        int zero = 0;
        int sum = 0;
        ActivationQuantizer.QuantizePerToken(ref input[0], Columns, 1, Columns, ref codes[0], Columns, ref scale, ref zero, ref sum);
        Assert.Equal(255 * Columns, sum);
        ActivationQuantizer.QuantizeStatic(ref input[0], Columns, 1, Columns, 1e-3f, 5, ref codes[0], Columns, ref sum);
        Assert.Equal(250 * Columns, sum);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public void Every_row_has_its_own_range(int rows)
    {
        const int Columns = 45;
        Random random = new(rows);
        float[] input = [.. Enumerable.Range(1, rows).SelectMany(row => Samples.Normal(random, Columns, row))];
        byte[] codes = new byte[rows * 64];
        float[] scales = new float[rows];
        int[] zeros = new int[rows];
        int[] sums = new int[rows];
        ActivationQuantizer.QuantizePerToken(ref input[0], Columns, rows, Columns, ref codes[0], 64, ref scales[0], ref zeros[0], ref sums[0]);
        for (int row = 0; row < rows; row++)
        {
            byte[] expected = new byte[Columns];
            ActivationParameters range = ActivationQuantizer.Reference(input.AsSpan(row * Columns, Columns), expected);
            Assert.Equal(expected, codes.AsSpan(row * 64, Columns));
            Assert.Equal((range.Scale, range.ZeroPoint), (scales[row], zeros[row]));
            Assert.Equal(expected.Sum(code => code - range.ZeroPoint), sums[row]);
        }
    }
}
