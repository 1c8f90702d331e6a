using QuantGen.Kernels;
using QuantGen.Lanes;

namespace QuantGen.Tests.Kernels;

/// <summary>Codes of a lane type equal those of the reference, for all sizes, within its memory.</summary>
public abstract class ActivationQuantizerBitsTests<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    public static TheoryData<string> Contents => ["normal", "positive", "negative", "zero", "tiny", "special", "infinite", "outlier", "nan"];

    [LanesTheory]
    [MemberData(nameof(Contents))]
    public void Codes_equal_the_reference(string content)
    {
        foreach (int columns in Samples.Sizes)
        {
            float[] input = Input(content, columns);
            foreach (int bits in (int[])[8, 7, 6, 5, 4, 3, 2])
            {
                CheckPerToken(input, bits);
            }

            (float, int, int)[] ranges =
            [
                (0.02f, 128, 8), (0.5f, 0, 8), (1e-9f, 255, 8), (3e30f, 7, 8),
                (0.3f, 8, 4), (0.3f, 5, 4), (0.7f, 2, 2), (0.4f, 3, 3), (0.2f, 16, 5), (0.11f, 63, 6), (0.06f, 64, 7),
            ];
            foreach ((float scale, int zero, int bits) in ranges)
            {
                CheckStatic(input, scale, zero, bits);
            }
        }
    }

    private static void CheckPerToken(float[] input, int bits)
    {
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

    private static void CheckStatic(float[] input, float scale, int zero, int bits)
    {
        int columns = input.Length;
        ActivationParameters range = ActivationParameters.FromScale(scale, zero, bits);
        byte[] expected = [.. input.Select(range.Code)];
        using GuardedBuffer<float> row = new(input);
        using GuardedBuffer<byte> codes = new(columns);
        using GuardedBuffer<int> sums = new(1);
        ActivationQuantizer.RunStatic<TLanes, ActivationQuantizer.AroundZero>(
            ref row.Start, columns, 1, columns, range, ref codes.Start, columns, ref sums.Start);
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

public sealed class ActivationQuantizer512BitsTests : ActivationQuantizerBitsTests<Lanes512>;

public sealed class ActivationQuantizer256BitsTests : ActivationQuantizerBitsTests<Lanes256>;

public sealed class ActivationQuantizer128BitsTests : ActivationQuantizerBitsTests<Lanes128>;

public sealed class ActivationQuantizerScalarBitsTests : ActivationQuantizerBitsTests<LanesScalar>;
