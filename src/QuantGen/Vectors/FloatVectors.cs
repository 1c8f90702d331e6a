namespace QuantGen.Vectors;

/// <summary>An index of vectors as they are; scores are dot products.</summary>
public sealed class FloatVectors : VectorIndex
{
    private readonly float[] _rows;
    private readonly int _stride;

    /// <summary>Creates an index.</summary>
    /// <param name="vectors">At least one vector; all of one length and finite. They are copied.</param>
    /// <exception cref="ArgumentException">There is no vector, or one has another length or a value that is not finite.</exception>
    public FloatVectors(IReadOnlyList<float[]> vectors)
        : base(vectors)
    {
        _stride = Dots.Padded(Dimensions);
        _rows = new float[checked(Count * _stride)];
        for (int i = 0; i < Count; i++)
        {
            vectors[i].CopyTo(_rows, i * _stride);
        }
    }

    /// <inheritdoc/>
    public override long Bytes => (long)Count * Dimensions * sizeof(float);

    private protected override void Scan(scoped Span<float> query, ref TopHits top)
    {
        for (int i = 0; i < Count; i++)
        {
            top.Offer(i, Dots.OfFloats(query, _rows.AsSpan(i * _stride, _stride)));
        }
    }
}
