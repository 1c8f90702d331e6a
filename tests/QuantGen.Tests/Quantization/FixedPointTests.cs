using QuantGen.Quantization;

namespace QuantGen.Tests.Quantization;

/// <summary>The steps of a model of integers: their constants, their errors over whole ranges, and that nothing overflows.</summary>
public sealed class FixedPointTests
{
    private static readonly double s_argument = FixedPoint.ScaleOf(FixedPoint.ArgumentBits);
    private static readonly double s_score = FixedPoint.ScaleOf(FixedPoint.ScoreBits);

    [Fact]
    public void Constants_are_those_of_the_general_forms()
    {
        var gelu = new IntegerGelu(s_argument);
        Assert.Equal((gelu.Shift, gelu.Summand, gelu.One), (FixedGelu.Shift, FixedGelu.Summand, FixedGelu.One));
        var exponential = new IntegerExponential(s_score);
        Assert.Equal(
            (-exponential.Halving, exponential.Factor, exponential.Summand), (FixedExponential.Halving, FixedExponential.Factor, FixedExponential.One));
    }

    [Fact]
    public void Gelu_is_near_over_its_whole_range_and_never_overflows()
    {
        var general = new IntegerGelu(s_argument);
        for (int q = -FixedPoint.ArgumentLimit; q <= FixedPoint.ArgumentLimit; q++)
        {
            int found = FixedGelu.Of(q);
            double x = q * s_argument;

            // What the original's shift leaves of negative numbers is the only difference.
            long expected = general.Of(q) + (q < 0 && general.Erf(-q) + general.Erf(q) != 0 ? q : 0);
            Assert.True(found == expected, $"{q}: {found} and not {expected}");
            Assert.True(Math.Abs((found * FixedGelu.OutputScale) - Gelu(x)) <= 0.0185 + (Math.Abs(x) * 3e-4), $"{x}: {found * FixedGelu.OutputScale}");
        }

        Assert.Equal(FixedGelu.Of(FixedPoint.ArgumentLimit), FixedGelu.Of(int.MaxValue));
        Assert.Equal(0, FixedGelu.Of(int.MinValue));
        Assert.Equal(FixedPoint.ArgumentLimit * s_argument, FixedGelu.Of(int.MaxValue) * FixedGelu.OutputScale, 0.1);
    }

    [Theory]
    [InlineData(2e-4)]
    [InlineData(1e-3)]
    [InlineData(1e-5)]
    public void Gelu_of_other_scales_is_near(double scale)
    {
        var gelu = new IntegerGelu(scale);
        var random = new Random(5);
        IEnumerable<int> drawn = Enumerable.Range(0, 20000).Select(_ => (int)(((random.NextDouble() * 12) - 6) / scale));
        foreach (int q in Enumerable.Range(-128, 256).Concat(drawn))
        {
            Assert.Equal(Gelu(q * scale), gelu.Of(q) * gelu.OutputScale, 0.0185 + Math.Abs(q * scale * gelu.ErfScale));
        }
    }

    [Fact]
    public void Exponential_is_near_over_its_whole_range()
    {
        for (int n = 0; n <= FixedExponential.Limit + 100; n++)
        {
            int cut = Math.Min(n, FixedExponential.Limit);
            Assert.Equal(cut / FixedExponential.Halving, (cut * FixedExponential.Reciprocal) >> FixedExponential.ReciprocalShift);
            double found = (double)FixedExponential.Of(n) / FixedExponential.One;
            Assert.Equal(Math.Exp(-n * s_score), found, 2.6e-3);
            Assert.Equal(found, (double)FixedExponential.Weight(n) / FixedExponential.One * (1 << FixedExponential.WeightShift), 2e-4);
            Assert.InRange(FixedExponential.Weight(n), 0, FixedExponential.LargestWeight);
        }

        Assert.Equal(FixedExponential.LargestWeight, FixedExponential.Weight(0));
        Assert.Equal(0, FixedExponential.Weight(int.MaxValue));
        Assert.True(127L * FixedExponential.LargestWeight * FixedExponential.MostKeys < int.MaxValue);
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-4)]
    [InlineData(2e-5)]
    public void Exponential_of_other_scales_is_near(double scale)
    {
        var exponential = new IntegerExponential(scale);
        var random = new Random(6);
        foreach (double x in Enumerable.Range(0, 20000).Select(_ => random.NextDouble() * -20).Append(0))
        {
            int q = (int)(x / scale);
            Assert.Equal(Math.Exp(q * scale), exponential.Of(q) * exponential.OutputScale, 2.6e-3);
        }
    }

    [Fact]
    public void Tanh_is_near_odd_and_bounded()
    {
        for (int q = 0; q <= 3 * FixedExponential.Limit; q++)
        {
            Assert.Equal(Math.Tanh(q * s_argument), FixedPoint.ScaleOf(FixedPoint.StateBits) * FixedTanh.Of(q), 1.5e-3);
            Assert.Equal(FixedTanh.Of(q), -FixedTanh.Of(-q));
        }

        Assert.InRange(FixedTanh.Of(int.MaxValue), (1 << FixedPoint.StateBits) - 1, 1 << FixedPoint.StateBits);
        Assert.Equal(FixedTanh.Of(int.MaxValue), -FixedTanh.Of(int.MinValue));
    }

    [Fact]
    public void Square_roots_are_exact_and_take_few_divisions()
    {
        var random = new Random(7);
        ulong[] special = [0, 1, 2, 3, uint.MaxValue, ulong.MaxValue, long.MaxValue, 1UL << 62, (1UL << 62) - 1, 0xFFFFFFFE_00000001, 0xFFFFFFFE_00000000];
        foreach (ulong value in special.Concat(Enumerable.Range(0, 100000).Select(i => (ulong)random.NextInt64() << 1 >> (i % 64))))
        {
            UInt128 root = IntegerRoot.Of(value, out int iterations);
            Assert.True(root * root <= value && (root + 1) * (root + 1) > value, $"{value}");
            Assert.InRange(iterations, 0, 7);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(48)]
    [InlineData(768)]
    [InlineData(32768)]
    public void Norm_is_near_and_never_overflows(int columns)
    {
        var random = new Random(columns);
        foreach (int limit in (int[])[3, 1000, 1 << 18, FixedPoint.StateLimit])
        {
            int[] row = [.. Enumerable.Range(0, columns).Select(i => i % 7 == 0 ? (i % 2 == 0 ? limit : -limit) : random.Next(-limit, limit + 1))];
            double[] gamma = [.. row.Select(_ => (random.NextDouble() * 4) - 2)];
            double[] beta = [.. row.Select(_ => (random.NextDouble() * 4) - 2)];
            double unit = Math.ScaleB(Math.Sqrt(columns), FixedPoint.StateBits - FixedNorm.RatioBits);
            int shift = Dyadic.SharedShift(2 * unit);
            int[] output = new int[columns];
            FixedNorm.Of(
                row, [.. gamma.Select(g => Dyadic.Multiply(g * unit, shift))], shift, [.. beta.Select(b => FixedPoint.Of(b, FixedPoint.StateBits))], output);
            double mean = row.Average();
            double deviation = Math.Sqrt(row.Sum(x => (x - mean) * (x - mean)) / columns);

            // Rounding the mean and the root counts where values are few units.
            double tolerance = 1e-4 + Math.ScaleB(Math.Sqrt(columns), -FixedNorm.RatioBits) + (limit < 100 ? 0.6 : 2.0 / limit);
            for (int i = 0; i < columns; i++)
            {
                double expected = ((deviation == 0 ? 0 : (row[i] - mean) / deviation) * gamma[i]) + beta[i];
                Assert.Equal(expected, output[i] * FixedPoint.ScaleOf(FixedPoint.StateBits), tolerance * Math.Max(1, Math.Abs(expected)));
            }
        }
    }

    [Fact]
    public void Means_are_rounded_halves_up()
    {
        foreach (int columns in (int[])[1, 2, 3, 48, 768])
        {
            for (int sum = -5000; sum < 5000; sum++)
            {
                Assert.Equal(Math.Floor(((double)sum / columns) + 0.5), FixedNorm.Mean(sum, columns));
            }
        }

        Assert.Equal(FixedPoint.StateLimit, FixedNorm.Mean(32768L * FixedPoint.StateLimit, 32768));
        Assert.Equal(-FixedPoint.StateLimit, FixedNorm.Mean(-32768L * FixedPoint.StateLimit, 32768));
    }

    [Fact]
    public void Equal_values_are_normalized_to_summands()
    {
        int[] output = new int[5];
        FixedNorm.Of([9, 9, 9, 9, 9], [1, 2, 3, 4, 5], 20, [1, 2, 3, 4, 5], output);
        Assert.Equal([1, 2, 3, 4, 5], output);
    }

    [Fact]
    public void Scaling_is_rounding_of_exact_products()
    {
        var random = new Random(8);
        for (int i = 0; i < 200000; i++)
        {
            double ratio = Math.Pow(10, (random.NextDouble() * 12) - 11) * (i % 3 == 0 ? -1 : 1);
            int shift = Dyadic.SharedShift(Math.Abs(ratio));
            int multiplier = Dyadic.Multiply(ratio, shift);
            int value = random.Next(int.MinValue, int.MaxValue) >> (i % 31);
            long expected = (long)Math.Floor((decimal)value * multiplier / (1L << shift) + 0.5m);
            Assert.InRange(shift, 1, Dyadic.MostShift);
            if (Math.Abs(expected) <= int.MaxValue)
            {
                Assert.Equal(expected, FixedPoint.Scale(value, multiplier, FixedPoint.Half(shift), shift));

                // The same with zeros from above, as vectors without a signed shift do it.
                Assert.Equal((int)expected, (int)(((ulong)(((long)value * multiplier) + FixedPoint.Half(shift))) >> shift));
            }

            Dyadic dyadic = Dyadic.Of(ratio);
            Assert.True(Math.Abs(dyadic.Apply(value) - (value * ratio)) <= 0.5 + (Math.Abs(value * ratio) * 1e-9) + 1e-9);
        }

        Assert.Equal(default, Dyadic.Of(0));
        Assert.Equal(0, Dyadic.Of(1e-12).Apply(int.MaxValue));
    }

    private static double Gelu(double x) => x / 2 * (1 + Erf(x / Math.Sqrt(2)));

    // Abramowitz and Stegun 7.1.26, 1.5e-7 off at most.
    private static double Erf(double x)
    {
        double t = 1 / (1 + (0.3275911 * Math.Abs(x)));
        double series = t * (0.254829592 + (t * (-0.284496736 + (t * (1.421413741 + (t * (-1.453152027 + (t * 1.061405429))))))));
        return Math.Sign(x) * (1 - (series * Math.Exp(-x * x)));
    }
}
