using QuantGen.Kernels;
using QuantGen.Lanes;
using QuantGen.Trainable.Kernels;

namespace QuantGen.Tests.Kernels;

/// <summary>Products and masks of training against their definitions.</summary>
public sealed class TrainingKernelTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(6, 64, 16)]
    [InlineData(7, 65, 33)]
    [InlineData(13, 100, 1030)]
    [InlineData(20, 264, 48)]
    public void Every_lane_type_multiplies_in_chains_of_fused_steps(int rows, int columns, int depth)
    {
        Product<LanesScalar>(rows, columns, depth);
        Product<Lanes128>(rows, columns, depth);
        if (LanesChoice.Use256)
        {
            Product<Lanes256>(rows, columns, depth);
        }

        if (LanesChoice.Use512)
        {
            Product<Lanes512>(rows, columns, depth);
        }
    }

    [Fact]
    public void Masks_are_a_function_of_seed_step_place_and_element()
    {
        var mask = new DropoutMask(0.3f, seed: 5, step: 7, site: 2);
        float[] ones = [.. Enumerable.Repeat(1f, 4099)];
        float[] whole = new float[ones.Length];
        mask.Apply(ref ones[0], ref whole[0], 100, ones.Length);
        for (int i = 0; i < whole.Length; i++)
        {
            Assert.Equal(mask.Keeps((uint)(100 + i)) ? 1f / 0.7f : 0f, whole[i], 1e-6f);
        }

        // In parts of any length the same.
        float[] parts = new float[ones.Length];
        mask.Apply(ref ones[0], ref parts[0], 100, 37);
        mask.Apply(ref ones[0], ref parts[37], 137, ones.Length - 37);
        Assert.Equal(whole, parts);
        Assert.InRange(whole.Count(v => v == 0f) / (double)whole.Length, 0.27, 0.33);
        foreach (DropoutMask other in new[] { new DropoutMask(0.3f, 6, 7, 2), new DropoutMask(0.3f, 5, 8, 2), new DropoutMask(0.3f, 5, 7, 3) })
        {
            float[] different = new float[ones.Length];
            other.Apply(ref ones[0], ref different[0], 100, ones.Length);

            // Independent masks agree at 0.3^2 + 0.7^2 of the places.
            Assert.InRange(different.Zip(whole).Count(p => p.First == p.Second) / (double)whole.Length, 0.54, 0.62);
        }

        Assert.True(new DropoutMask(0f, 5, 7, 2).IsEmpty);
        Assert.True(default(DropoutMask).IsEmpty);
    }

    // C from what it holds, and the same with A in columns.
    private static void Product<TLanes>(int rows, int columns, int depth)
        where TLanes : struct, ILanes<TLanes>
    {
        var random = new Random(depth);
        float[] a = Samples.Normal(random, rows * depth);
        float[] b = Samples.Normal(random, depth * columns);
        float[] c = Samples.Normal(random, rows * columns);
        int padded = (columns + 15) & ~15;
        float[] panels = new float[padded * depth];
        AttentionPanels.PackValues(ref b[0], columns, depth, columns, ref panels[0], padded);
        float[] transposed = new float[a.Length];
        for (int i = 0; i < a.Length; i++)
        {
            transposed[(i % depth * rows) + (i / depth)] = a[i];
        }

        float[] packed = new float[(rows + MatrixProduct.TileRows) * depth];
        ProductRows.PackColumns(ref transposed[0], rows, depth, rows, ref packed[0]);
        float[] stored = [.. c];
        float[] columnsFirst = [.. c];
        float[] afresh = new float[c.Length];
        MatrixProduct.Run<TLanes>(ProductRows.Stored(ref a[0], depth), rows, depth, ref panels[0], columns, ref stored[0], columns, accumulate: true);
        MatrixProduct.Run<TLanes>(
            ProductRows.Packed(ref packed[0], depth), rows, depth, ref panels[0], columns, ref columnsFirst[0], columns, accumulate: true);
        MatrixProduct.Run<TLanes>(ProductRows.Stored(ref a[0], depth), rows, depth, ref panels[0], columns, ref afresh[0], columns, accumulate: false);
        for (int i = 0; i < c.Length; i++)
        {
            float expected = Chain(a, b, i / columns, i % columns, columns, depth, c[i]);
            Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(stored[i]));
            Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(columnsFirst[i]));
            Assert.Equal(BitConverter.SingleToInt32Bits(Chain(a, b, i / columns, i % columns, columns, depth, 0f)), BitConverter.SingleToInt32Bits(afresh[i]));
        }
    }

    private static float Chain(float[] a, float[] b, int row, int column, int columns, int depth, float start)
    {
        for (int k = 0; k < depth; k++)
        {
            start = MathF.FusedMultiplyAdd(a[(row * depth) + k], b[(k * columns) + column], start);
        }

        return start;
    }
}
