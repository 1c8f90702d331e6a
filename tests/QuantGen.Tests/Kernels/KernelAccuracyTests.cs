using QuantGen.Kernels;

namespace QuantGen.Tests.Kernels;

/// <summary>The public kernels against plain formulas in double.</summary>
public sealed class KernelAccuracyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(128)]
    [InlineData(512)]
    public void Softmax_matches_the_formula(int count)
    {
        float[] row = Samples.Normal(new Random(count), count, 6f);
        double[] expected = SoftmaxOf([.. row.Select(x => (double)x)]);
        Softmax.Rows(ref row[0], count, 1, count);
        AssertClose(expected, row, 3e-7);
        Assert.Equal(1.0, row.Sum(x => (double)x), 2e-6);
    }

    [Fact]
    public void Softmax_ignores_scores_that_are_minus_infinity_or_nan()
    {
        float[] row = [float.NaN, 1f, float.NegativeInfinity, 1f];
        Softmax.Rows(ref row[0], 4, 1, 4);
        Assert.Equal([0f, 0.5f, 0f, 0.5f], row);

        float[] none = [float.NegativeInfinity, float.NaN];
        Softmax.Rows(ref none[0], 2, 1, 2);
        Assert.Equal([0f, 0f], none);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(768)]
    public void Layer_normalization_matches_the_formula(int columns)
    {
        Random random = new(columns);
        float[] x = Samples.Normal(random, columns, 3f);
        float[] residual = Samples.Normal(random, columns);
        float[] gamma = Samples.Normal(random, columns);
        float[] beta = Samples.Normal(random, columns);
        float[] output = new float[columns];
        LayerNorm.AddAndNormalize(ref x[0], ref residual[0], ref gamma[0], ref beta[0], 1e-5f, columns, ref output[0]);
        AssertClose(NormalOf([.. x.Zip(residual, (a, b) => (double)(a + b))], gamma, beta, 1e-5), output, 1e-5);
        LayerNorm.Normalize(ref x[0], ref gamma[0], ref beta[0], 1e-5f, columns, ref output[0]);
        AssertClose(NormalOf([.. x.Select(a => (double)a)], gamma, beta, 1e-5), output, 1e-5);
    }

    [Fact]
    public void Constant_token_normalizes_to_beta()
    {
        float[] x = [.. Enumerable.Repeat(2f, 40)];
        float[] gamma = Samples.Normal(new Random(1), 40);
        float[] beta = Samples.Normal(new Random(2), 40);
        LayerNorm.Normalize(ref x[0], ref gamma[0], ref beta[0], 1e-12f, 40, ref x[0]);
        Assert.Equal(beta, x);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Embedding_adds_word_and_type_before_position(int bits)
    {
        const int Columns = 37;
        Random random = new(bits);
        int[] codes = [.. Enumerable.Range(0, Columns).Select(_ => random.Next(1 << bits))];
        byte[] packed = new byte[((Columns * bits) + 7) / 8];
        for (int i = 0; i < Columns; i++)
        {
            int pair = codes[i] << (i * bits % 8);
            packed[i * bits / 8] |= (byte)pair;
            packed[Math.Min((i * bits / 8) + 1, packed.Length - 1)] |= (byte)(pair >> 8);
        }

        float[] type = Samples.Normal(random, Columns);
        float[] position = Samples.Normal(random, Columns);
        float[] gamma = Samples.Normal(random, Columns);
        float[] beta = Samples.Normal(random, Columns);
        float[] expected = [.. codes.Select((code, i) => (((code - (1 << (bits - 1))) * 0.07f) + type[i]) + position[i])];
        LayerNorm.Normalize(ref expected[0], ref gamma[0], ref beta[0], 1e-12f, Columns, ref expected[0]);

        float[] output = new float[Columns];
        Embedding.Run(ref packed[0], bits, 0.07f, ref type[0], ref position[0], ref gamma[0], ref beta[0], 1e-12f, Columns, ref output[0]);
        Samples.AssertSameBits(expected, output);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Embedding_adds_codes_of_types_before_those_of_positions(bool hasTypes)
    {
        const int Columns = 37;
        Random random = new(7);
        byte[] type = new byte[Columns];
        byte[] position = new byte[Columns];
        random.NextBytes(type);
        random.NextBytes(position);
        float[] word = Samples.Normal(random, Columns);
        float[] gamma = Samples.Normal(random, Columns);
        float[] beta = Samples.Normal(random, Columns);
        float[] expected = [.. word.Select((x, i) => (hasTypes ? x + ((type[i] - 128) * 0.03f) : x) + ((position[i] - 128) * 0.07f))];
        LayerNorm.Normalize(ref expected[0], ref gamma[0], ref beta[0], 1e-12f, Columns, ref expected[0]);

        Embedding.RunCodes(
            ref word[0], ref hasTypes ? ref type[0] : ref System.Runtime.CompilerServices.Unsafe.NullRef<byte>(), 0.03f, ref position[0], 0.07f,
            ref gamma[0], ref beta[0], 1e-12f, Columns, ref word[0]);
        Samples.AssertSameBits(expected, word);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Embedding_by_a_codebook_is_that_of_the_looked_up_values(int bits)
    {
        foreach (int columns in (int[])[1, 8, 37, 64])
        {
            Random random = new(bits);
            byte[] labels = [.. Enumerable.Range(0, columns).Select(_ => (byte)random.Next(1 << bits))];
            byte[] packed = new byte[QuantGen.Quantization.CodePacker.RowBytes(columns, bits)];
            QuantGen.Quantization.CodePacker.PackRow(labels, bits, packed);
            using GuardedBuffer<byte> row = new(packed);
            float[] codebook = Samples.Normal(random, 1 << bits);
            float[] word = [.. labels.Select(label => codebook[label])];
            float[] type = Samples.Normal(random, columns);
            float[] position = Samples.Normal(random, columns);
            float[] gamma = Samples.Normal(random, columns);
            float[] beta = Samples.Normal(random, columns);
            float[] expected = new float[columns];
            Embedding.Run(
                ref System.Runtime.CompilerServices.Unsafe.As<float, byte>(ref word[0]), 32, 1f, ref type[0], ref position[0], ref gamma[0], ref beta[0],
                1e-12f, columns, ref expected[0]);

            float[] output = new float[columns];
            Embedding.RunCodebook(
                ref row.Start, bits, ref codebook[0], ref type[0], ref position[0], ref gamma[0], ref beta[0], 1e-12f, columns, ref output[0]);
            Samples.AssertSameBits(expected, output);
        }
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(33, 64)]
    [InlineData(100, 20)]
    public void Attention_matches_the_formula(int length, int headSize)
    {
        Random random = new(length);
        float[] query = Samples.Normal(random, length * headSize);
        float[] key = Samples.Normal(random, length * headSize);
        float[] value = Samples.Normal(random, length * headSize);
        float[] scratch = new float[Attention.ScratchFloats(length, headSize)];
        float[] context = new float[length * headSize];
        float scale = 1f / MathF.Sqrt(headSize);
        Attention.Run(ref query[0], ref key[0], ref value[0], headSize, length, length, headSize, scale, ref scratch[0], ref context[0], headSize);
        for (int i = 0; i < length; i++)
        {
            double[] weights = SoftmaxOf([.. Enumerable.Range(0, length).Select(j =>
                scale * Enumerable.Range(0, headSize).Sum(d => (double)query[(i * headSize) + d] * key[(j * headSize) + d]))]);
            double[] expected = [.. Enumerable.Range(0, headSize).Select(d => weights.Select((w, j) => w * value[(j * headSize) + d]).Sum())];
            AssertClose(expected, context.AsSpan(i * headSize, headSize), 3e-6);
        }
    }

    [Fact]
    public void Dense_matches_the_formula()
    {
        Random random = new(3);
        float[] x = Samples.Normal(random, 2 * 50);
        float[] weights = Samples.Normal(random, 7 * 50);
        float[] bias = Samples.Normal(random, 7);
        float[] y = new float[14];
        Dense.Apply(ref x[0], 50, 2, ref weights[0], ref bias[0], 50, 7, ref y[0], 7);
        double[] expected = [.. Enumerable.Range(0, 14).Select(n =>
            bias[n % 7] + Enumerable.Range(0, 50).Sum(k => (double)x[(n / 7 * 50) + k] * weights[(n % 7 * 50) + k]))];
        AssertClose(expected, y, 1e-5);
    }

    private static double[] SoftmaxOf(double[] row)
    {
        double max = row.Max();
        double sum = row.Sum(x => Math.Exp(x - max));
        return [.. row.Select(x => Math.Exp(x - max) / sum)];
    }

    private static double[] NormalOf(double[] row, float[] gamma, float[] beta, double epsilon)
    {
        double mean = row.Average();
        double deviation = Math.Sqrt(row.Average(x => (x - mean) * (x - mean)) + epsilon);
        return [.. row.Select((x, i) => ((x - mean) / deviation * gamma[i]) + beta[i])];
    }

    private static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance);
        }
    }
}
