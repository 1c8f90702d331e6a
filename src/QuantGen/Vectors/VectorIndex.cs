namespace QuantGen.Vectors;

/// <summary>Vectors of texts, among which the nearest of a query are searched for by looking at all of them. Any number of threads may search.</summary>
/// <remarks>
/// The same query finds the same vectors with the same scores on every processor. Looking at all is exact, and for some hundred thousand vectors fast enough;
/// beyond, a vector database does it with the same codes.
/// </remarks>
public abstract class VectorIndex
{
    // A query of at most as many elements is copied to the stack.
    private const int StackElements = 2048;

    private protected VectorIndex(IReadOnlyList<float[]> vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        if (vectors.Count == 0 || vectors[0].Length == 0)
        {
            throw new ArgumentException("an index needs at least one vector with at least one element", nameof(vectors));
        }

        Count = vectors.Count;
        Dimensions = vectors[0].Length;
        for (int i = 0; i < vectors.Count; i++)
        {
            VectorCodes.Require(vectors[i], Dimensions, "vector", i);
        }
    }

    /// <summary>Gets the number of vectors.</summary>
    public int Count { get; }

    /// <summary>Gets the elements of a vector.</summary>
    public int Dimensions { get; }

    /// <summary>Gets the bytes that the vectors take.</summary>
    public abstract long Bytes { get; }

    /// <summary>Makes an index of vectors in a format; codes of <see cref="VectorFormat.Int8"/> have a step for each vector.</summary>
    /// <param name="vectors">At least one vector; all of one length and finite.</param>
    /// <param name="format">How they are kept.</param>
    /// <exception cref="ArgumentException">There is no vector, or one has another length or a value that is not finite.</exception>
    public static VectorIndex Create(IReadOnlyList<float[]> vectors, VectorFormat format) => format switch
    {
        VectorFormat.Float => new FloatVectors(vectors),
        VectorFormat.Int8 => new Int8Vectors(vectors),
        VectorFormat.Binary => new BinaryVectors(vectors),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "no such format"),
    };

    /// <summary>Finds the nearest vectors; allocates nothing.</summary>
    /// <param name="query">The query, as long as the vectors are and finite.</param>
    /// <param name="hits">Receives the nearest vectors, the nearest first; among equal ones the first of the index first.</param>
    /// <returns>How many were written: all of <paramref name="hits"/>, or <see cref="Count"/> where that is less.</returns>
    /// <exception cref="ArgumentException">The query has another length, or a value that is not finite.</exception>
    public int Search(ReadOnlySpan<float> query, Span<SearchHit> hits)
    {
        VectorCodes.Require(query, Dimensions, "the query");
        if (hits.IsEmpty)
        {
            return 0;
        }

        int padded = Dots.Padded(Dimensions);
        Span<float> own = padded <= StackElements ? stackalloc float[padded] : new float[padded];
        own.Clear();
        query.CopyTo(own);
        var top = new TopHits(hits);
        Scan(own, ref top);
        return top.Count;
    }

    /// <summary>Finds the nearest vectors.</summary>
    /// <param name="query">The query, as long as the vectors are and finite.</param>
    /// <param name="top">How many, at least 1.</param>
    /// <returns>The nearest vectors, the nearest first; among equal ones the first of the index first.</returns>
    /// <exception cref="ArgumentException">The query has another length, or a value that is not finite.</exception>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int top)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        var hits = new SearchHit[Math.Min(top, Count)];
        Search(query, hits);
        return hits;
    }

    /// <summary>Scores all vectors.</summary>
    /// <param name="query">The query, padded by zeros to whole blocks; it may be written to.</param>
    /// <param name="top">Takes the scores.</param>
    private protected abstract void Scan(scoped Span<float> query, ref TopHits top);
}
