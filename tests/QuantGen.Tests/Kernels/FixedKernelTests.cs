using QuantGen.Kernels;
using QuantGen.Lanes;
using QuantGen.Quantization;

namespace QuantGen.Tests.Kernels;

/// <summary>Kernels of integers give what their definitions give, at the ends of 32 bits, too.</summary>
/// <typeparam name="TLanes">The lanes.</typeparam>
public abstract class FixedKernelTests<TLanes>
    where TLanes : struct, IIntegerLanes<TLanes>
{
    private static readonly int[] s_ends =
    [
        int.MinValue, int.MinValue + 1, -FixedPoint.TermLimit, -FixedPoint.StateLimit, -FixedPoint.ArgumentLimit - 1, -5125, -5124, -1, 0, 1, 5124, 5125,
        FixedPoint.ArgumentLimit, FixedPoint.StateLimit + 1, FixedPoint.TermLimit, int.MaxValue,
    ];

    [LanesFact]
    public void Functions()
    {
        int[] values = Numbers(1000, 1);
        AssertSame(values, (ref int first, int count) => FixedFunctions.Gelu<TLanes>(ref first, count), FixedGelu.Of);
        AssertSame(values, (ref int first, int count) => FixedFunctions.Relu<TLanes>(ref first, count), FixedRelu.Of);
    }

    [LanesFact]
    public void Codes()
    {
        int[] values = Numbers(1000, 2);
        foreach (FixedCodes constants in (FixedCodes[])[
            FixedCodes.Of(1.0 / 16384, 0.02, 128, 1, 255), FixedCodes.Of(FixedGelu.OutputScale, 0.05, 3, 0, 255), FixedCodes.Of(1e-3, 1e-8, 255, 0, 255),
            FixedCodes.Of(1e-9, 1e30, 0, 0, 255)])
        {
            byte[] codes = new byte[values.Length];
            (int done, int sum) = FixedQuantizer.Row<TLanes>(ref values[0], values.Length, constants, ref codes[0]);
            byte[] expected = [.. values.Take(done).Select(constants.Of)];

            Assert.InRange(values.Length - done, 0, TLanes.Count - 1);
            Assert.Equal(expected, codes[..done]);
            Assert.Equal(expected.Sum(code => code - constants.ZeroPoint), sum);
        }

        short[] operands = new short[values.Length];
        int cut = FixedQuantizer.Operands<TLanes>(ref values[0], values.Length, ref operands[0]);
        Assert.Equal(values.Take(cut).Select(value => (short)FixedPoint.Operand(value)), operands[..cut]);
    }

    [LanesTheory]
    [InlineData(48)]
    [InlineData(50)]
    [InlineData(768)]
    [InlineData(3000)]
    public void Normalization(int columns)
    {
        var random = new Random(columns);
        foreach (int limit in (int[])[2, 1 << 14, FixedPoint.TermLimit])
        {
            int[] row = [.. Enumerable.Range(0, columns).Select(_ => random.Next(-limit, limit))];
            int[] residual = [.. Enumerable.Range(0, columns).Select(_ => random.Next(-limit, limit))];
            int[] beta = [.. row.Select(_ => random.Next(-40000, 40000))];
            double unit = Math.ScaleB(Math.Sqrt(columns), FixedPoint.StateBits - FixedNorm.RatioBits);
            int shift = Dyadic.SharedShift(3 * unit);
            int[] gamma = [.. row.Select(_ => Dyadic.Multiply(((6 * random.NextDouble()) - 3) * unit, shift)), shift];
            int[] expected = [.. row.Zip(residual, FixedPoint.Add)];
            FixedNorm.Of(expected, gamma.AsSpan(0, columns), shift, beta, expected);
            int[] found = new int[columns];

            Assert.Equal(columns, FixedLayerNorm.Row<TLanes>(ref row[0], ref residual[0], ref gamma[0], ref beta[0], columns, ref found[0]));
            Assert.Equal(expected, found);
        }
    }

    [LanesTheory]
    [InlineData(1e-4)]
    [InlineData(0.3)]
    [InlineData(1e9)]
    public void Weights_of_scores(double scale)
    {
        var random = new Random(4);
        var constants = FixedScores.Of(scale, scale, 64);
        int[] scores = [.. Enumerable.Range(0, 200).Select(i => random.Next(-(1 << 29), 1 << 29) >> (i % 29))];
        int largest = scores.Max();
        short[] weights = new short[scores.Length];
        (int done, int sum) = FixedSoftmax.Weights<TLanes>(ref scores[0], scores.Length, largest, constants, ref weights[0]);
        short[] expected = [.. scores.Take(done).Select(score => (short)constants.Weight(largest - score))];

        Assert.Equal(expected, weights[..done]);
        Assert.Equal(expected.Sum(weight => weight), sum);
        (int seen, int most) = FixedSoftmax.Largest<TLanes>(ref scores[0], scores.Length);
        Assert.Equal(scores[..seen].Max(), most);
        int factor = FixedScores.Factor(FixedExponential.LargestWeight);
        int[] sums = [.. scores.Select(score => score % (127 * FixedExponential.LargestWeight))];
        int[] contexts = new int[sums.Length];
        int made = FixedSoftmax.Contexts<TLanes>(ref sums[0], sums.Length, factor, ref contexts[0]);
        Assert.Equal(sums.Take(made).Select(value => FixedScores.Context(value, factor)), contexts[..made]);
    }

    [LanesFact]
    public void Wide_products()
    {
        var random = new Random(5);
        int[] a = Numbers(256, 6);
        int[] b = [.. a.Select(_ => random.Next(int.MinValue, int.MaxValue))];
        Assert.Equal(a.Zip(b, (x, y) => (long)x * (y >> 8)).Sum(), Product(a, [.. b.Select(y => y >> 8)]));
        foreach (int shift in (int[])[1, 7, 31, 32])
        {
            for (int i = 0; i + TLanes.Count <= a.Length; i += TLanes.Count)
            {
                int[] scaled = new int[TLanes.Count];
                TLanes.Store(TLanes.Scale(TLanes.Load(ref a[i], 0), TLanes.Load(ref b[i], 0), FixedPoint.Half(shift), shift), ref scaled[0], 0);
                Assert.Equal(scaled.Select((_, lane) => FixedPoint.Scale(a[i + lane], b[i + lane], FixedPoint.Half(shift), shift)), scaled);
            }
        }

        static long Product(int[] x, int[] y) => TLanes.SumOfProducts(ref x[0], ref y[0], (nuint)x.Length);
    }

    private delegate int InPlace(ref int first, int count);

    private static void AssertSame(int[] values, InPlace kernel, Func<int, int> definition)
    {
        int[] found = [.. values];
        int done = kernel(ref found[0], found.Length);
        Assert.InRange(values.Length - done, 0, TLanes.Count - 1);
        Assert.Equal(values.Select((value, i) => i < done ? definition(value) : value), found);
    }

    private static int[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. s_ends, .. Enumerable.Range(s_ends.Length, count - s_ends.Length).Select(i => random.Next(int.MinValue, int.MaxValue) >> (i % 31))];
    }
}

/// <summary>On 512-bit vectors.</summary>
public sealed class FixedKernelTests512 : FixedKernelTests<Integers512>;

/// <summary>On 256-bit vectors.</summary>
public sealed class FixedKernelTests256 : FixedKernelTests<Integers256>;

/// <summary>On 128-bit vectors.</summary>
public sealed class FixedKernelTests128 : FixedKernelTests<Integers128>;
