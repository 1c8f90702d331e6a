using QuantGen.Linear;
using QuantGen.Quantization;

namespace QuantGen.Tests.Linear;

public sealed class LinearPartsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Codes_are_summed_without_unpacking(int bits)
    {
        foreach (int columns in (int[])[1, 7, 8, 15, 16, 17, 31, 32, 33, 37, 63, 64, 65, 127, 768])
        {
            byte[] codes = KernelOrders.Codes(1, columns, bits)[0];
            byte[] packed = new byte[CodePacker.RowBytes(columns, bits)];
            CodePacker.PackRow(codes, bits, packed);

            Assert.Equal(codes.Sum(code => code), CodeSums.Sum(packed, bits));
            Array.Fill(codes, (byte)((1 << bits) - 1));
            CodePacker.PackRow(codes, bits, packed);
            Assert.Equal(columns * ((1 << bits) - 1), CodeSums.Sum(packed, bits));
        }
    }

    [Theory]
    [InlineData(16, 8)]
    [InlineData(48, 20)]
    [InlineData(64, 5)]
    [InlineData(100, 33)]
    [InlineData(130, 3)]
    public void Full_precision_panels_hold_outputs_beside_each_other(int rows, int columns)
    {
        float[] weights = [.. Enumerable.Range(0, rows * columns).Select(i => i + 1f)];
        float[] panels = new float[FloatPanels.Length(rows, columns)];
        for (int panel = 0; panel < FloatPanels.Count(rows); panel++)
        {
            FloatPanels.Pack(weights, rows, columns, panel, panels);
        }

        int padded = FloatPanels.PaddedRows(rows);
        float[] expected = new float[padded * columns];
        for (int row = 0; row < rows; row++)
        {
            int first = row / FloatPanels.Outputs * FloatPanels.Outputs;
            int width = Math.Min(FloatPanels.Outputs, padded - first);
            for (int column = 0; column < columns; column++)
            {
                expected[(first * columns) + (column * width) + row - first] = weights[(row * columns) + column];
            }
        }

        Assert.Equal(expected, panels);
    }

    [Fact]
    public void Stored_rows_go_back_to_the_order_of_the_model()
    {
        // Two tokens, four groups of three outputs, stored as groups 2, 0, 3, 1; outputs stand in rows of 20.
        float[] stored = [.. Enumerable.Range(0, 24).Select(i => (float)i)];
        float[] output = [.. Enumerable.Repeat(-1f, 40)];
        StoredRows.Restore(ref stored[0], 12, ref output[0], 20, 2, [2, 0, 3, 1], 3);
        float[] first = [3, 4, 5, 9, 10, 11, 0, 1, 2, 6, 7, 8];
        float[] between = [.. Enumerable.Repeat(-1f, 8)];

        Assert.Equal([.. first, .. between, .. first.Select(value => value + 12), .. between], output);
    }

    [Theory]
    [InlineData(64, 32)]
    [InlineData(48, 32)]
    [InlineData(100, 64)]
    [InlineData(31, 32)]
    public void Activation_sums_are_of_centered_codes_per_group(int columns, int groupSize)
    {
        const int Tokens = 3;
        const int Stride = 128;
        var random = new Random(columns);
        byte[] codes = new byte[Tokens * Stride];
        random.NextBytes(codes);
        int[] zeroPoints = [0, 128, 255];
        int groups = (columns + groupSize - 1) / groupSize;
        int[] sums = new int[Tokens * groups];
        ActivationSums.PerGroup(ref codes[0], Stride, ref zeroPoints[0], Tokens, columns, groupSize, ref sums[0]);

        for (int i = 0; i < sums.Length; i++)
        {
            int token = i / groups;
            int from = i % groups * groupSize;
            int to = Math.Min(columns, from + groupSize);
            Assert.Equal(Enumerable.Range(from, to - from).Sum(c => codes[(token * Stride) + c] - zeroPoints[token]), sums[i]);
        }
    }
}
