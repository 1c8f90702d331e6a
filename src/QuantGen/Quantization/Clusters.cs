namespace QuantGen.Quantization;

/// <summary>Values replaced by the centroids of their clusters: the real value of element <c>i</c> is <c>Centroids[Labels[i]]</c>.</summary>
/// <param name="Centroids">The codebook, 2^bits values; a cluster without members has a finite one.</param>
/// <param name="Labels">The cluster of every value.</param>
public sealed record Clusters(float[] Centroids, byte[] Labels);
