namespace QuantGen.Quantization;

/// <summary>Values replaced by the centroids of their clusters: the real value of element <c>i</c> is <c>Centroids[Labels[i]]</c>.</summary>
/// <param name="Centroids">The codebook, 2^bits values; a cluster without members has a finite one.</param>
/// <param name="Labels">The cluster of every value.</param>
internal sealed record Clusters(float[] Centroids, byte[] Labels)
{
    /// <summary>Returns how far the values stand above what clustering changed, in decibels; infinite when it changed nothing.</summary>
    /// <param name="values">The values that were clustered.</param>
    public double SignalToNoiseDb(ReadOnlySpan<float> values)
    {
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double difference = (double)values[i] - Centroids[Labels[i]];
            signal += (double)values[i] * values[i];
            noise += difference * difference;
        }

        return noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise);
    }

    /// <summary>Writes the real values.</summary>
    /// <param name="values">Receives one for every label.</param>
    public void Dequantize(Span<float> values)
    {
        for (int i = 0; i < Labels.Length; i++)
        {
            values[i] = Centroids[Labels[i]];
        }
    }
}
