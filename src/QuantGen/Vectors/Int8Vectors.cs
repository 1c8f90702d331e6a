namespace QuantGen.Vectors;

/// <summary>An index of vectors as codes of eight bits; scores are products of the query, which stays as it is, and what the codes stand for.</summary>
public sealed class Int8Vectors : VectorIndex
{
    private readonly sbyte[] _codes;
    private readonly float[] _steps;
    private readonly Int8Calibration? _calibration;
    private readonly int _stride;

    /// <summary>Creates an index.</summary>
    /// <param name="vectors">At least one vector; all of one length and finite.</param>
    /// <param name="calibration">What the codes stand for; null, the default, for a step of each vector's own, which needs four bytes a vector more.</param>
    /// <exception cref="ArgumentException">There is no vector, or one has another length or a value that is not finite.</exception>
    public Int8Vectors(IReadOnlyList<float[]> vectors, Int8Calibration? calibration = null)
        : base(vectors)
    {
        _calibration = calibration;
        _stride = Dots.Padded(Dimensions);
        _codes = new sbyte[checked(Count * _stride)];
        _steps = calibration is null ? new float[Count] : [];
        for (int i = 0; i < Count; i++)
        {
            Span<sbyte> codes = _codes.AsSpan(i * _stride, Dimensions);
            if (calibration is null)
            {
                _steps[i] = Int8Calibration.QuantizeAlone(vectors[i], codes);
            }
            else
            {
                calibration.Quantize(vectors[i], codes);
            }
        }
    }

    /// <inheritdoc/>
    public override long Bytes => ((long)Count * Dimensions) + ((long)_steps.Length * sizeof(float));

    private protected override void Scan(scoped Span<float> query, ref TopHits top)
    {
        // Sum of q * (offset + step * code): the first part is the same for all rows, and the step goes into the query.
        float offset = 0;
        for (int i = 0; i < Dimensions && _calibration is not null; i++)
        {
            offset += query[i] * _calibration.Offsets[i];
            query[i] *= _calibration.Steps[i];
        }

        for (int i = 0; i < Count; i++)
        {
            float product = Dots.OfCodes(query, _codes.AsSpan(i * _stride, _stride));
            top.Offer(i, _calibration is null ? product * _steps[i] : product + offset);
        }
    }
}
