using QuantGen.Kernels;
using QuantGen.Lanes;

namespace QuantGen.Tests.Kernels;

public sealed class ActivationQuantizerTests
{
    public static TheoryData<string> Contents => ["normal", "positive", "negative", "zero", "tiny", "special", "infinite", "outlier", "nan"];

    [Theory]
    [MemberData(nameof(Contents))]
    public void Every_lane_type_equals_the_reference(string content)
    {
        foreach (int columns in Samples.Sizes)
        {
            float[] input = Input(content, columns);
            foreach (int bits in (int[])[8, 4, 2])
            {
                CheckPerToken<Lanes512>(input, bits);
                CheckPerToken<Lanes256>(input, bits);
                CheckPerToken<Lanes128>(input, bits);
                CheckPerToken<LanesScalar>(input, bits);
            }

            foreach ((float scale, int zero, int bits) in ((float, int, int)[])[
                (0.02f, 128, 8), (0.5f, 0, 8), (1e-9f, 255, 8), (3e30f, 7, 8), (0.3f, 8, 4), (0.3f, 5, 4), (0.7f, 2, 2)])
            {
                CheckStatic<Lanes512>(input, scale, zero, bits);
                CheckStatic<Lanes256>(input, scale, zero, bits);
                CheckStatic<Lanes128>(input, scale, zero, bits);
                CheckStatic<LanesScalar>(input, scale, zero, bits);
            }
        }
    }

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

    private static void CheckPerToken<TLanes>(float[] input, int bits)
        where TLanes : struct, ILanes<TLanes>
    {
        if (!Samples.Runs<TLanes>())
        {
            return;
        }

        int columns = input.Length;
        byte[] expected = new byte[columns];
        ActivationParameters range = ActivationQuantizer.Reference(input, expected, bits);

        // Two rows, the second the reverse of the first, with gaps behind each.
        float[] reversed = [.. input.Reverse()];
        using GuardedBuffer<float> rows = new([.. input, 1e30f, float.NaN, .. reversed]);
        using GuardedBuffer<byte> codes = new([.. Enumerable.Repeat((byte)9, 2 * (columns + 5))]);
        using GuardedBuffer<float> scales = new(2);
        using GuardedBuffer<int> zeros = new(2);
        using GuardedBuffer<int> sums = new(2);
        ActivationQuantizer.RunPerToken<TLanes>(
            ref rows.Start, columns + 2, 2, columns, ref codes.Start, columns + 5, ref scales.Start, ref zeros.Start, ref sums.Start, bits);
        Assert.Equal([.. expected, 0, 0, 0, 0, 0, .. expected.Reverse(), 0, 0, 0, 0, 0], codes.Span.ToArray());
        Assert.Equal([range.Scale, range.Scale], scales.Span.ToArray());
        Assert.Equal([range.ZeroPoint, range.ZeroPoint], zeros.Span.ToArray());
        int sum = expected.Sum(code => code - range.ZeroPoint);
        Assert.Equal([sum, sum], sums.Span.ToArray());
    }

    private static void CheckStatic<TLanes>(float[] input, float scale, int zero, int bits)
        where TLanes : struct, ILanes<TLanes>
    {
        if (!Samples.Runs<TLanes>())
        {
            return;
        }

        int columns = input.Length;
        ActivationParameters range = ActivationParameters.FromScale(scale, zero, bits);
        byte[] expected = [.. input.Select(range.Code)];
        using GuardedBuffer<float> row = new(input);
        using GuardedBuffer<byte> codes = new(columns);
        using GuardedBuffer<int> sums = new(1);
        ActivationQuantizer.RunStatic<TLanes>(ref row.Start, columns, 1, columns, range, ref codes.Start, columns, ref sums.Start);
        Assert.Equal(expected, codes.Span.ToArray());
        Assert.Equal(expected.Sum(code => code - zero), sums.Span[0]);
    }

    private static float[] Input(string content, int columns)
    {
        Random random = new(columns);
        float[] values = Samples.Normal(random, columns);
        int place = random.Next(columns);
        return content switch
        {
            "positive" => [.. values.Select(x => MathF.Abs(x) + 0.25f)],
            "negative" => [.. values.Select(x => -MathF.Abs(x) - 0.25f)],
            "zero" => new float[columns],
            "tiny" => [.. values.Select(x => x * 1e-12f)],
            "special" => [.. values.Select(_ => Samples.Special[random.Next(Samples.Special.Length)])],
            "infinite" => [.. values.Select((x, i) => i == place ? (place % 2 == 0 ? float.PositiveInfinity : float.NegativeInfinity) : x)],
            "outlier" => [.. values.Select((x, i) => i == place ? 1e6f : x)],
            "nan" => [.. values.Select((x, i) => i == place ? float.NaN : x)],
            _ => values,
        };
    }
}
