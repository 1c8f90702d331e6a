namespace QuantGen.Quantization;

/// <summary>Counts model sizes as the papers do, to compare with their tables. What a packed file really holds is its own ledger.</summary>
/// <remarks>The papers' "MB" are MiB, 2^20 bytes. Task heads are never counted; scales and zero points are counted nowhere.</remarks>
internal static class SizeAccounting
{
    private const double Mebibyte = 1 << 20;

    /// <summary>Returns the size in full precision.</summary>
    /// <param name="model">The model's sizes.</param>
    /// <returns>MiB.</returns>
    public static double FullPrecision(ModelDimensions model) => model.Total * 4 / Mebibyte;

    /// <summary>
    /// Counts as TernaryBERT (Zhang et al. 2020) and KDLSQ-BERT (Jin et al. 2021) do: linear weights, projection and pooler at the weights' width,
    /// word embedding at its own, everything else in 32 bits.
    /// </summary>
    /// <param name="model">The model's sizes.</param>
    /// <param name="weightBits">W of the W-E-A notation.</param>
    /// <param name="embeddingBits">E of the W-E-A notation.</param>
    /// <returns>MiB.</returns>
    public static double WeightsAndEmbedding(ModelDimensions model, double weightBits, double embeddingBits)
    {
        long weights = model.LinearWeights + model.ProjectionWeights + model.PoolerWeights;
        long rest = model.Total - weights - model.WordEmbedding;
        return Bytes(weights, weightBits, model.WordEmbedding, embeddingBits, rest);
    }

    /// <summary>
    /// Counts as Q-BERT (Shen et al. 2020) does: encoder with biases and LayerNorms at the weights' width, the three embeddings at theirs, no pooler.
    /// </summary>
    /// <param name="model">The model's sizes.</param>
    /// <param name="weightBits">Mean bits of the encoder; 2.5 is the paper's "2/3 MP".</param>
    /// <param name="embeddingBits">Bits of the embeddings, 8 in the paper.</param>
    /// <returns>MiB.</returns>
    public static double EncoderAndEmbeddings(ModelDimensions model, double weightBits, double embeddingBits)
    {
        long encoder = model.LinearWeights + model.LinearBiases + model.LayerNorms;
        return Bytes(encoder, weightBits, model.WordEmbedding + model.OtherEmbeddings, embeddingBits, 0);
    }

    /// <summary>
    /// Counts as clustering does (Zhao et al. 2020): indices for all embeddings and fully connected weights, one codebook of floats per matrix.
    /// </summary>
    /// <param name="model">The model's sizes.</param>
    /// <param name="bits">Bits of an index, 1 to 8.</param>
    /// <returns>MiB.</returns>
    public static double Codebooks(ModelDimensions model, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 8);
        long weights = model.LinearWeights + model.ProjectionWeights + model.PoolerWeights;
        long embeddings = model.WordEmbedding + model.OtherEmbeddings;
        const int EmbeddingMatrices = 3;
        const int Pooler = 1;
        int matrices = (6 * model.StoredLayers) + EmbeddingMatrices + Pooler + (model.ProjectionWeights > 0 ? 1 : 0);
        return Bytes(weights, bits, embeddings, bits, model.Total - weights - embeddings + ((long)matrices << bits));
    }

    /// <summary>
    /// Counts BinaryBERT (Bai et al. 2021) after ternary weight splitting: every binary matrix twice, at half width in the encoder, the rest in 32 bits.
    /// </summary>
    /// <param name="model">The full-width model's sizes.</param>
    /// <remarks>Two half-width encoders hold as many weights as one of full width; word embedding and pooler are held twice.</remarks>
    /// <returns>MiB.</returns>
    public static double SplitBinary(ModelDimensions model)
    {
        long rest = model.Total - model.LinearWeights - model.ProjectionWeights - model.PoolerWeights - model.WordEmbedding;
        return Bytes(model.LinearWeights + (2 * (model.PoolerWeights + model.ProjectionWeights)), 1, 2 * model.WordEmbedding, 1, rest);
    }

    private static double Bytes(long weights, double weightBits, long embeddings, double embeddingBits, long floats) =>
        (((weights * weightBits) + (embeddings * embeddingBits)) / 8 + (floats * 4)) / Mebibyte;
}
