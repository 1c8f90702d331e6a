using QuantGen.Tasks;

namespace QuantGen.Tests.Tasks;

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
        Pooler.Pool(hidden, new EmbedOptions { Normalize = false }, mean);
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

    [Fact]
    public void The_first_token_is_taken_as_it_is()
    {
        float[] result = new float[2];
        Pooler.Pool([3, 4, 50, 60], new EmbedOptions { Pooling = EmbeddingPooling.Cls, Normalize = false }, result);
        Assert.Equal([3f, 4f], result);
        Pooler.Pool([3, 4, 50, 60], new EmbedOptions { Pooling = EmbeddingPooling.Cls }, result);
        Assert.Equal([0.6f, 0.8f], result);
    }

    [Fact]
    public void A_zero_vector_stays_zero()
    {
        float[] result = new float[2];
        Pooler.Pool([1, -2, -1, 2], new EmbedOptions(), result);
        Assert.Equal([0f, 0f], result);
    }
}
