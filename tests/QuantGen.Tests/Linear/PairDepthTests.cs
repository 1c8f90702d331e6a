using QuantGen.Linear;

namespace QuantGen.Tests.Linear;

/// <summary>The depth of a panel is the first beyond which some activations would overflow 16 bits, counted code by code.</summary>
public sealed class PairDepthTests
{
    private const int Columns = 288;

    public static TheoryData<int, int, int, double> Panels
    {
        get
        {
            var data = new TheoryData<int, int, int, double>();
            foreach (int bits in (int[])[1, 2, 3, 4, 5, 6, 7])
            {
                foreach (double share in (double[])[0.05, 0.2, 0.5, 1])
                {
                    data.Add(bits, 32, Columns, share);
                    data.Add(bits, 5, Columns, share);
                    data.Add(bits, 32, 64, share);
                    data.Add(bits, 32, 128, share);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Panels))]
    public void Sums_fit_at_this_depth_and_not_at_the_next(int bits, int rows, int groupSize, double share)
    {
        foreach (KernelOrder order in KernelOrders.Of(bits).Where(o => o.Interleave == 4 && o.PanelVectors == 2))
        {
            byte[][] codes = Codes(Math.Min(rows, order.PanelOutputs), bits, share);
            byte[] panel = KernelOrders.Place(codes, order, Columns);

            int depth = PairDepth.Of(order, panel, Columns, codes.Length, groupSize);

            int granule = bits <= 4 ? 32 : 512 >> bits;
            Assert.Equal(0, depth % granule);
            Assert.InRange(depth, granule, groupSize);
            Assert.InRange(LargestSum(codes, bits, groupSize, depth), 0, short.MaxValue);
            if (depth < groupSize)
            {
                Assert.True(LargestSum(codes, bits, groupSize, depth + granule) > short.MaxValue, $"{depth + granule} inputs would fit as well");
            }
        }
    }

    [Theory]
    [InlineData(1, 256)]
    [InlineData(2, 128)]
    [InlineData(3, 64)]
    [InlineData(4, 32)]
    [InlineData(5, 16)]
    [InlineData(6, 8)]
    [InlineData(7, 4)]
    public void The_largest_weights_of_one_sign_have_the_least_depth(int bits, int least)
    {
        var order = new KernelOrder(bits, 16, 4, 2);
        byte[] panel = KernelOrders.Place([.. Enumerable.Range(0, 32).Select(_ => new byte[512])], order, 512);

        Assert.Equal(least, PairDepth.Of(order, panel, 512, rows: 32, groupSize: 512));
    }

    [Fact]
    public void Rows_that_do_not_exist_have_no_say()
    {
        var order = new KernelOrder(4, 16, 4, 2);
        byte[] zero = [.. Enumerable.Repeat((byte)8, Columns)];
        byte[] panel = KernelOrders.Place([zero], order, Columns);

        Assert.Equal(Columns, PairDepth.Of(order, panel, Columns, rows: 1, groupSize: Columns));
        Assert.Equal(32, PairDepth.Of(order, panel, Columns, rows: 2, groupSize: Columns));
    }

    // A share of the weights is anything, the others are as small as they can be.
    private static byte[][] Codes(int rows, int bits, double share)
    {
        var random = new Random((rows * 10) + bits);
        int zero = 1 << (bits - 1);
        return [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, Columns)
            .Select(_ => (byte)(random.NextDouble() < share ? random.Next(1 << bits) : bits == 1 ? random.Next(2) : zero)).ToArray())];
    }

    // The definition: every lane adds inputs 0 and 1, or 2 and 3, of each four; the worst activations are 255 wherever weights have one sign.
    private static int LargestSum(byte[][] rows, int bits, int groupSize, int depth)
    {
        int largest = 0;
        foreach (byte[] row in rows)
        {
            int[,] sums = new int[2, 2];
            for (int input = 0; input < Columns; input++)
            {
                if (input % groupSize % depth == 0)
                {
                    Array.Clear(sums);
                }

                int weight = bits == 1 ? (2 * row[input]) - 1 : row[input] - (1 << (bits - 1));
                int lane = input / 2 % 2;
                sums[lane, weight > 0 ? 1 : 0] += 255 * Math.Abs(weight);
                largest = Math.Max(largest, Math.Max(sums[lane, 0], sums[lane, 1]));
            }
        }

        return largest;
    }
}
