using QuantGen.Quantization;

namespace QuantGen.Tests.Quantization;

public sealed class MatrixQuantizerTests
{
    [Theory]
    [InlineData(2, Mapping.Symmetric, 1, 0)]
    [InlineData(3, Mapping.Asymmetric, 4, 0)]
    [InlineData(4, Mapping.Symmetric, 12, 0)]
    [InlineData(5, Mapping.Symmetric, 2, 0)]
    [InlineData(5, Mapping.Asymmetric, 1, 8)]
    [InlineData(6, Mapping.Symmetric, 1, 16)]
    [InlineData(6, Mapping.Asymmetric, 3, 0)]
    [InlineData(7, Mapping.Symmetric, 6, 0)]
    [InlineData(7, Mapping.Asymmetric, 1, 7)]
    [InlineData(8, Mapping.Asymmetric, 1, 8)]
    [InlineData(2, Mapping.Asymmetric, 1, 7)]
    [InlineData(1, Mapping.Symmetric, 3, 0)]
    [InlineData(1, Mapping.Symmetric, 1, 64)]
    public void Every_group_is_quantized_with_its_own_scale(int bits, Mapping mapping, int groupCount, int groupSize)
    {
        const int Rows = 12;
        const int Columns = 30;
        float[] values = TestValues.Bell(Rows * Columns, bits);
        var options = new MatrixQuantizerOptions { Bits = bits, Mapping = mapping, GroupCount = groupCount, GroupSize = groupSize };
        QuantizedMatrix matrix = MatrixQuantizer.Quantize(values, Rows, Columns, options);
        float[] dequantized = new float[values.Length];
        matrix.Dequantize(dequantized);

        int covered = 0;
        for (int group = 0; group < matrix.Scales.Length; group++)
        {
            (int start, int length) = matrix.Grouping.Elements(group);
            Assert.Equal(covered, start);
            covered += length;
            float[] run = values[start..(start + length)];
            if (bits == 1)
            {
                Assert.Equal(BinaryQuantizer.Scale(run), matrix.Scales[group]);
                Assert.Equal(run.Select(w => BinaryQuantizer.FakeQuantize(w, matrix.Scales[group])), dequantized[start..(start + length)]);
                continue;
            }

            Assert.Equal(new RangeEstimator().Estimate(run, bits, mapping, Clipping.MinMax), matrix.Parameters(group));
            CodeRange codes = CodeRange.For(mapping, bits);
            Assert.Equal(run.Select(w => LinearQuantizer.FakeQuantize(w, matrix.Parameters(group), codes)), dequantized[start..(start + length)]);
        }

        Assert.Equal(values.Length, covered);
        Assert.Equal(mapping == Mapping.Symmetric, matrix.ZeroPoints is null);
    }

    [Fact]
    public void Each_row_of_an_embedding_may_have_its_scale()
    {
        float[] values = [1.1f, -2f, 0.5f, 11f, -20f, 5f];
        QuantizedMatrix matrix = MatrixQuantizer.Quantize(values, 2, 3, new MatrixQuantizerOptions { Bits = 4, GroupCount = 2 });
        Assert.Equal([2f / 7, 20f / 7], matrix.Scales);
        Assert.Equal([12, 1, 10, 12, 1, 10], matrix.Codes);
    }

    [Fact]
    public void Row_groups_may_have_widths_of_their_own()
    {
        float[] values = TestValues.Bell(8 * 16, 5);
        var options = new MatrixQuantizerOptions { GroupCount = 4, GroupBits = [1, 2, 4, 8] };
        QuantizedMatrix matrix = MatrixQuantizer.Quantize(values, 8, 16, options);
        Assert.Equal([1, 1, 2, 2, 4, 4, 8, 8], Enumerable.Range(0, 8).Select(matrix.BitsOfRow));
        Assert.Equal(3.75, matrix.MeanBits);
        for (int group = 0; group < 4; group++)
        {
            float[] run = values[(group * 32)..((group + 1) * 32)];
            QuantizedMatrix alone = MatrixQuantizer.Quantize(run, 2, 16, new MatrixQuantizerOptions { Bits = options.GroupBits[group] });
            Assert.Equal(alone.Codes, matrix.Codes[(group * 32)..((group + 1) * 32)]);
            Assert.Equal(alone.Scales[0], matrix.Scales[group]);
        }
    }

    [Fact]
    public void More_bits_and_more_groups_leave_less_noise()
    {
        float[] values = TestValues.Bell(48 * 64, 9, outliers: 12);
        double last = double.NegativeInfinity;
        foreach (int bits in (int[])[2, 3, 4, 8])
        {
            QuantizedMatrix matrix = MatrixQuantizer.Quantize(values, 48, 64, new MatrixQuantizerOptions { Bits = bits, Clipping = Clipping.Mse });
            double ratio = matrix.SignalToNoiseDb(values);
            Assert.True(ratio > last, $"{bits} bits: {ratio} dB after {last} dB");
            last = ratio;
        }

        double one = MatrixQuantizer.Quantize(values, 48, 64, new MatrixQuantizerOptions { Bits = 2, GroupCount = 1 }).SignalToNoiseDb(values);
        double many = MatrixQuantizer.Quantize(values, 48, 64, new MatrixQuantizerOptions { Bits = 2, GroupCount = 48 }).SignalToNoiseDb(values);
        Assert.True(many > one);
    }

    [Fact]
    public void Exact_codes_have_no_noise()
    {
        float[] values = [-7f, 3f, 0f, 7f];
        QuantizedMatrix matrix = MatrixQuantizer.Quantize(values, 1, 4, new MatrixQuantizerOptions { Bits = 4 });
        Assert.Equal(double.PositiveInfinity, matrix.SignalToNoiseDb(values));
        Assert.Equal(20 * Math.Log10(Math.Sqrt(107) / 1), matrix.SignalToNoiseDb([-7f, 3f, 0f, 8f]) - (10 * Math.Log10(122.0 / 107)), 1e-9);
    }

    [Theory]
    [InlineData(float.NaN, "row 1, column 2 is NaN")]
    [InlineData(float.NegativeInfinity, "row 1, column 2 is -infinity")]
    public void Refuses_weights_that_are_not_finite(float value, string expected)
    {
        float[] values = new float[12];
        values[6] = value;
        ArgumentException error = Assert.Throws<ArgumentException>(() => MatrixQuantizer.Quantize(values, 3, 4, new MatrixQuantizerOptions()));
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Refuses_groups_and_widths_that_do_not_fit()
    {
        float[] values = new float[12];
        Refused(new MatrixQuantizerOptions { GroupCount = 2 }, "group count 2 does not divide the 3 rows");
        Refused(new MatrixQuantizerOptions { GroupCount = 3, GroupSize = 2 }, "group size 2");
        Refused(new MatrixQuantizerOptions { GroupSize = -1 }, "group size -1");
        Refused(new MatrixQuantizerOptions { Bits = 9 }, "bits ('9')");
        Refused(new MatrixQuantizerOptions { Bits = 16 }, "bits");
        Refused(new MatrixQuantizerOptions { Bits = 1, Mapping = Mapping.Asymmetric }, "1 (symmetric only)");
        Refused(new MatrixQuantizerOptions { GroupCount = 3, GroupBits = [2, 2] }, "2 group widths");
        Assert.Throws<ArgumentException>(() => MatrixQuantizer.Quantize(values, 3, 5, new MatrixQuantizerOptions()));
        Assert.Throws<ArgumentException>(() => MatrixQuantizer.Quantize([], 0, 5, new MatrixQuantizerOptions()));

        void Refused(MatrixQuantizerOptions options, string expected) =>
            Assert.Contains(expected, Assert.ThrowsAny<ArgumentException>(() => MatrixQuantizer.Quantize(values, 3, 4, options)).Message);
    }

    [Fact]
    public void Refuses_parts_that_are_no_matrix()
    {
        var grouping = new MatrixGrouping(2, 2, 2);
        byte[] codes = [1, 2, 3, 1];
        _ = new QuantizedMatrix(grouping, [2], codes, [1f, 1f], null);
        Refused("row 1, column 0 is 0", () => new QuantizedMatrix(grouping, [2], [1, 2, 0, 1], [1f, 1f], null));
        Refused("is 4, outside", () => new QuantizedMatrix(grouping, [2], [1, 2, 4, 1], [1f, 1f], [0, 0]));
        Refused("scale of group 1", () => new QuantizedMatrix(grouping, [2], codes, [1f, float.NaN], null));
        Refused("scale of group 0", () => new QuantizedMatrix(grouping, [2], codes, [0f, 1f], null));
        Refused("zero point of group 1 is 4", () => new QuantizedMatrix(grouping, [2], codes, [1f, 1f], [0, 4]));
        Refused("1 scales", () => new QuantizedMatrix(grouping, [2], codes, [1f], null));
        Refused("3 codes", () => new QuantizedMatrix(grouping, [2], [1, 1, 1], [1f, 1f], null));
        Refused("3 widths", () => new QuantizedMatrix(grouping, [2, 2, 2], codes, [1f, 1f], null));

        static void Refused(string expected, Func<QuantizedMatrix> create) =>
            Assert.Contains(expected, Assert.Throws<ArgumentException>(create).Message);
    }
}
