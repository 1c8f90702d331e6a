using QuantGen.Kernels;

namespace QuantGen.Tests.Kernels;

/// <summary>Quantized attention is what <see cref="AttentionOperands"/> says, bit for bit.</summary>
public sealed class QuantizedAttentionTests
{
    [Theory]
    [InlineData(1, 8, 8, false)]
    [InlineData(5, 16, 8, false)]
    [InlineData(40, 64, 8, true)]
    [InlineData(40, 64, 4, false)]
    [InlineData(31, 24, 2, false)]
    [InlineData(31, 24, 3, true)]
    [InlineData(33, 16, 5, false)]
    [InlineData(40, 64, 6, true)]
    [InlineData(19, 40, 7, false)]
    public void Contexts_are_those_of_the_definition(int length, int headSize, int bits, bool symmetric)
    {
        Random random = new(length + bits);
        float[] query = Samples.Normal(random, length * headSize);
        float[] key = Samples.Normal(random, length * headSize);
        float[] value = Samples.Normal(random, length * headSize);
        AttentionOperands operands = Operands(bits, headSize, symmetric);
        float[] scratch = new float[QuantizedAttention.ScratchFloats(length, headSize)];
        float[] context = new float[length * headSize];
        QuantizedAttention.Run(ref query[0], ref key[0], ref value[0], headSize, length, length, headSize, operands, ref scratch[0], ref context[0], headSize);

        Samples.AssertSameBits(Expected(query, key, value, length, headSize, operands), context);
        Assert.True(context.Distinct().Count() > 2);
    }

    [Fact]
    public void Factors_are_computed_in_the_order_of_their_definition()
    {
        AttentionOperands operands = Operands(8, 64);
        Assert.Equal(0.03f * 0.027f * 0.125f, operands.ScoreFactor);
        Assert.Equal((1f / 255) * 0.031f, operands.ContextFactor);
        Assert.Equal(0.125f, AttentionOperands.InverseRoot(64));
    }

    [Fact]
    public void Zero_points_in_the_middle_leave_out_the_lowest_code()
    {
        ActivationParameters symmetric = ActivationParameters.FromScale(0.5f, 8, bits: 4);
        Assert.Equal((1, 15), (symmetric.Code(-100f), symmetric.Code(100f)));
        ActivationParameters other = ActivationParameters.FromScale(0.5f, 7, bits: 4);
        Assert.Equal((0, 15), (other.Code(-100f), other.Code(100f)));
        Assert.Equal((0, 3), (ActivationParameters.FromScale(1f / 3, 0, bits: 2).Code(-1f), ActivationParameters.FromScale(1f / 3, 0, bits: 2).Code(1f)));
    }

    internal static AttentionOperands Operands(int bits, int headSize, bool symmetric = false)
    {
        int middle = 1 << (bits - 1);
        float coarse = 127f / (middle - 1);
        ActivationParameters probabilities = symmetric
            ? ActivationParameters.FromScale(1f / (middle - 1), middle, bits)
            : ActivationParameters.FromScale(1f / ((1 << bits) - 1), 0, bits);
        return new AttentionOperands(
            ActivationParameters.FromScale(0.03f * coarse, middle, bits),
            ActivationParameters.FromScale(0.027f * coarse, middle, bits),
            ActivationParameters.FromScale(0.031f * coarse, middle, bits),
            probabilities,
            AttentionOperands.InverseRoot(headSize));
    }

    private static float[] Expected(float[] query, float[] key, float[] value, int length, int headSize, AttentionOperands o)
    {
        float[] context = new float[length * headSize];
        for (int i = 0; i < length; i++)
        {
            float[] scores = new float[length];
            for (int j = 0; j < length; j++)
            {
                scores[j] = Enumerable.Range(0, headSize)
                    .Sum(d => Centered(o.Query, query[(i * headSize) + d]) * Centered(o.Key, key[(j * headSize) + d])) * o.ScoreFactor;
            }

            Softmax.Rows(ref scores[0], length, 1, length);
            for (int d = 0; d < headSize; d++)
            {
                context[(i * headSize) + d] = Enumerable.Range(0, length)
                    .Sum(j => Centered(o.Probabilities, scores[j]) * Centered(o.Value, value[(j * headSize) + d])) * o.ContextFactor;
            }
        }

        return context;
    }

    private static int Centered(ActivationParameters range, float x) => range.Code(x) - range.ZeroPoint;
}
