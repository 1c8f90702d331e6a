using QuantGen.Sentences;
using QuantGen.Tasks;

namespace QuantGen.Tests.Sentences;

public sealed class PoolerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(33)]
    public void A_mean_adds_token_after_token(int width)
    {
        float[] hidden = [.. Enumerable.Range(0, 5 * width).Select(i => 1f / (i + 3))];
        float[] mean = new float[width];
        Pooler.Pool(hidden, width, EmbeddingPooling.Mean, 0, mean);
        for (int i = 0; i < width; i++)
        {
            float sum = 0;
            for (int token = 0; token < 5; token++)
            {
                sum += hidden[(token * width) + i];
            }

            Assert.Equal(sum / 5, mean[i]);
        }
    }

    [Theory]
    [InlineData(EmbeddingPooling.Cls, new float[] { 1, 8 })]
    [InlineData(EmbeddingPooling.Max, new float[] { 6, 8 })]
    [InlineData(EmbeddingPooling.Mean, new float[] { 3, 3 })]
    [InlineData(EmbeddingPooling.MeanSqrtLen, new float[] { 6, 6 })]
    [InlineData(EmbeddingPooling.LastToken, new float[] { 6, -1 })]
    [InlineData(EmbeddingPooling.LastToken | EmbeddingPooling.Cls, new float[] { 1, 8, 6, -1 })]
    public void Modes_are_those_of_the_library_and_are_joined_in_its_order(EmbeddingPooling pooling, float[] expected)
    {
        float[] result = new float[expected.Length];
        Pooler.Pool([1, 8, 2, 3, 3, 2, 6, -1], 2, pooling, 0, result);
        Assert.Equal(expected, result);
    }

    [Fact]
    public void Tokens_of_a_prompt_are_not_pooled_and_the_last_token_always_is()
    {
        float[] result = new float[2];
        Pooler.Pool([1, 8, 2, 3, 4, 5], 2, EmbeddingPooling.Mean, 1, result);
        Assert.Equal([3f, 4f], result);
        Pooler.Pool([1, 8, 2, 3, 4, 5], 2, EmbeddingPooling.Max, 9, result);
        Assert.Equal([4f, 5f], result);
        Pooler.Pool([1, 8, 2, 3, 4, 5], 2, EmbeddingPooling.Cls, 2, result);
        Assert.Equal([1f, 8f], result);
    }

    [Fact]
    public void A_vector_is_divided_by_its_length_and_a_zero_vector_stays_zero()
    {
        Assert.Equal([0.6f, 0.8f], new SentenceHead(new SentenceEncoding { Pooling = EmbeddingPooling.Cls }, 2).Vector([3, 4, 50, 60], 0));
        Assert.Equal([0f, 0f], new SentenceHead(new SentenceEncoding(), 2).Vector([1, -2, -1, 2], 0));
    }
}
