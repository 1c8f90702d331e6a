using QuantGen.Kernels;
using QuantGen.Lanes;

namespace QuantGen.Tests.Kernels;

/// <summary>Attention by signs is what its definition says, on every lane type.</summary>
public sealed class BooleanAttentionTests
{
    [Theory]
    [InlineData(1, 8)]
    [InlineData(5, 16)]
    [InlineData(40, 64)]
    [InlineData(31, 24)]
    [InlineData(17, 7)]
    [InlineData(64, 64)]
    [InlineData(130, 96)]
    [InlineData(65, 130)]
    [InlineData(200, 20)]
    public void Contexts_are_sums_of_the_signs_of_values_that_a_query_attends_to(int length, int headSize)
    {
        var random = new Random(length + headSize);
        float[] query = Samples.Normal(random, length * headSize);
        float[] key = Samples.Normal(random, length * headSize);
        float[] value = Samples.Normal(random, length * headSize);
        (query[0], key[0], value[0]) = (0f, -0f, float.NaN);
        float[] expected = Expected(query, key, value, length, headSize);
        Assert.Equal(expected, Run<LanesScalar>(query, key, value, length, headSize, length));
        Assert.Equal(expected, Run<Lanes128>(query, key, value, length, headSize, length));
        Assert.Equal(expected[..headSize], Run<LanesScalar>(query, key, value, length, headSize, queries: 1)[..headSize]);
        if (LanesChoice.Use256)
        {
            Assert.Equal(expected, Run<Lanes256>(query, key, value, length, headSize, length));
        }

        if (LanesChoice.Use512)
        {
            Assert.Equal(expected, Run<Lanes512>(query, key, value, length, headSize, length));
        }
    }

    [Fact]
    public void Columns_of_a_square_become_its_rows()
    {
        var random = new Random(7);
        ulong[] square = [.. Enumerable.Range(0, 64).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue))];
        ulong[] turned = [.. square];
        BitTransposition.Run(ref turned[0]);
        for (int row = 0; row < 64; row++)
        {
            Assert.Equal(turned[row], Enumerable.Range(0, 64).Aggregate(0ul, (word, column) => word | (((square[column] >> row) & 1) << column)));
        }
    }

    private static float[] Run<TLanes>(float[] query, float[] key, float[] value, int length, int headSize, int queries)
        where TLanes : struct, ILanes<TLanes>
    {
        // The context takes the queries' place.
        float[] context = [.. query];
        float[] scratch = new float[Attention.ScratchFloats(length, headSize)];
        Array.Fill(scratch, float.NaN);
        BooleanAttention.Run<TLanes>(
            ref context[0], ref key[0], ref value[0], headSize, queries, length, headSize, ref scratch[0], ref context[0], headSize);
        return context;
    }

    private static float[] Expected(float[] query, float[] key, float[] value, int length, int headSize)
    {
        static int Sign(float x) => x >= 0 ? 1 : -1;
        float[] context = new float[length * headSize];
        for (int i = 0; i < length; i++)
        {
            for (int j = 0; j < length; j++)
            {
                int score = Enumerable.Range(0, headSize).Sum(d => Sign(query[(i * headSize) + d]) * Sign(key[(j * headSize) + d]));
                for (int d = 0; d < headSize && score >= 0; d++)
                {
                    context[(i * headSize) + d] += Sign(value[(j * headSize) + d]);
                }
            }
        }

        return context;
    }
}
