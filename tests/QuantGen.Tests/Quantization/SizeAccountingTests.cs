using QuantGen.Quantization;

namespace QuantGen.Tests.Quantization;

public sealed class SizeAccountingTests
{
    private static readonly ModelDimensions s_bert = ModelDimensions.BertBaseUncased;

    [Fact]
    public void Parameter_counts_are_those_of_the_published_models()
    {
        Assert.Equal(23440896, s_bert.WordEmbedding);
        Assert.Equal(393216 + 1536, s_bert.OtherEmbeddings);
        Assert.Equal(1536, s_bert.EmbeddingNorm);
        Assert.Equal(84934656, s_bert.LinearWeights);
        Assert.Equal(82944, s_bert.LinearBiases);
        Assert.Equal(36864, s_bert.LayerNorms);
        Assert.Equal(589824, s_bert.PoolerWeights);
        Assert.Equal(768, s_bert.PoolerBiases);
        Assert.Equal(109482240, s_bert.Total);
        Assert.Equal(417.6416015625, SizeAccounting.FullPrecision(s_bert));
        Assert.Equal(11683584, ModelDimensions.AlbertBaseV2.Total);
        Assert.Equal(44.5693359375, SizeAccounting.FullPrecision(ModelDimensions.AlbertBaseV2));
    }

    [Theory]
    [InlineData(12, 2, 27.9510498046875)]
    [InlineData(12, 4, 53.930419921875)]
    [InlineData(12, 6, 79.9097900390625)]
    [InlineData(12, 8, 105.88916015625)]
    [InlineData(6, 2, 17.5975341796875)]
    [InlineData(6, 8, 65.16064453125)]
    public void Weights_and_embedding_count_as_in_ternarybert(int layers, int bits, double expected) =>
        Assert.Equal(expected, SizeAccounting.WeightsAndEmbedding(s_bert with { StoredLayers = layers }, bits, bits), 1e-9);

    [Theory]
    [InlineData(8, 103.845703125)]
    [InlineData(4, 63.28857421875)]
    [InlineData(2.5, 48.07965087890625)]
    [InlineData(2, 43.010009765625)]
    public void Encoder_and_embeddings_count_as_in_qbert(double bits, double expected) =>
        Assert.Equal(expected, SizeAccounting.EncoderAndEmbeddings(s_bert, bits, 8), 1e-9);

    [Theory]
    [InlineData(1, 13.503143310546875)]
    [InlineData(3, 39.578369140625)]
    [InlineData(5, 65.6588134765625)]
    public void Codebooks_count_one_per_matrix(int bits, double expected) =>
        Assert.Equal(expected, SizeAccounting.Codebooks(s_bert, bits), 1e-9);

    [Fact]
    public void Split_binary_model_counts_every_matrix_twice() =>
        Assert.Equal(17.8260498046875, SizeAccounting.SplitBinary(s_bert), 1e-9);
}
