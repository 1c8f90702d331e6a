namespace QuantGen;

/// <summary>Families of weight quantizers.</summary>
/// <remarks>
/// Codes of <see cref="Linear"/>, <see cref="Lsq"/>, <see cref="Ternary"/>, <see cref="Bit"/>, <see cref="BiBert"/> and <see cref="FullyQt"/> are evenly
/// spaced and meet integer activations, as both halves of <see cref="BinaryBert"/> do;
/// codes of <see cref="KMeans"/> and <see cref="LinearClusters"/> are labels of a codebook of 2^bits numbers and meet full-precision ones.
/// </remarks>
public enum Scheme
{
    /// <summary>
    /// Evenly spaced codes: value = (code - zero point) * scale. One bit is BWN: value = +-mean|w|. Trained with symmetric codes over [-max|w|, max|w|]
    /// this is Q8BERT (Zafrir et al., 2019).
    /// </summary>
    Linear,

    /// <summary>
    /// Symmetric codes whose scale is learned (Esser et al., LSQ, 2020), as KDLSQ-BERT (Jin et al., 2021) does it: a clipping threshold for each group
    /// of rows and one for the word embedding, which begin as the range that holds 95% of the values.
    /// </summary>
    Lsq,

    /// <summary>
    /// TernaryBERT (Zhang et al., 2020): 2 bits are -1, 0, 1 times a scale that minimises the squared error (ternary weight networks, Li and Liu, 2016);
    /// more bits are symmetric codes over [-max|w|, max|w|], one bit is BWN.
    /// </summary>
    Ternary,

    /// <summary>One codebook for each matrix, found by k-means (Zhao et al., "An investigation on different quantization for BERT", 2020).</summary>
    KMeans,

    /// <summary>One codebook for each matrix: the means of the values in bins of equal width (Zhao et al., 2020, equations 2 to 4).</summary>
    LinearClusters,

    /// <summary>
    /// BinaryBERT (Bai et al., 2021): each matrix is the sum of two of one bit, which a ternary one is split into; trained, it is first a ternary student of
    /// half the width.
    /// </summary>
    BinaryBert,

    /// <summary>
    /// BiT (Liu et al., 2022): one bit around the mean, value = +-mean|w - mean w|; trained, it meets activations whose scales and shifts are learned, of one
    /// bit in the end.
    /// </summary>
    Bit,

    /// <summary>
    /// BiBERT (Qin et al., 2022): signs around the mean times the mean magnitude, value = +-mean|w|; trained, it meets the signs of activations and attention
    /// by signs.
    /// </summary>
    BiBert,

    /// <summary>
    /// FullyQT (Prato et al., 2020): codes over the range from the smallest to the largest weight of each row as it is, in a model whose every operation is
    /// rounded (<see cref="Numerics.Quantized"/>).
    /// </summary>
    FullyQt,
}
