using QuantGen.Vectors;

namespace QuantGen.Cli.Texts;

/// <summary>How well searches over vectors in a format find what whole vectors in floats find.</summary>
/// <param name="Format">The format.</param>
/// <param name="Bytes">The bytes that the vectors take.</param>
/// <param name="At10">The share of the ten nearest by whole vectors that is among the ten nearest of the format.</param>
/// <param name="Rescored">The same where the format's forty nearest are ordered anew by whole vectors.</param>
internal sealed record Recall(VectorFormat Format, long Bytes, double At10, double Rescored)
{
    private const int Top = 10;
    private const int Candidates = 40;

    /// <summary>Measures all formats.</summary>
    /// <param name="whole">The vectors.</param>
    /// <param name="kept">The vectors, cut as they are kept.</param>
    /// <param name="queries">The vectors that are searched for.</param>
    /// <param name="keptQueries">The same, cut as they are kept.</param>
    /// <param name="range">What codes of eight bits are spread over.</param>
    /// <param name="cancellation">Stops the work between two queries.</param>
    public static IReadOnlyList<Recall> Measure(
        float[][] whole, float[][] kept, float[][] queries, float[][] keptQueries, Int8Range range, CancellationToken cancellation)
    {
        var exact = new FloatVectors(whole);
        int[][] right = [.. queries.Select(query => Indexes(exact.Search(query, Top)))];
        return
        [
            .. Enum.GetValues<VectorFormat>().Select(format =>
            {
                VectorIndex index = StoredVectors.Index(kept, format, range);
                (double found, double rescored) = (0, 0);
                for (int i = 0; i < queries.Length; i++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    int[] near = Indexes(index.Search(keptQueries[i], Candidates));
                    int[] again = Indexes(new FloatVectors([.. near.Select(place => whole[place])]).Search(queries[i], Top));
                    found += right[i].Intersect(near.Take(Top)).Count();
                    rescored += right[i].Intersect(again.Select(place => near[place])).Count();
                }

                double all = right.Sum(places => (double)places.Length);
                return new Recall(format, index.Bytes, found / all, rescored / all);
            }),
        ];
    }

    private static int[] Indexes(IReadOnlyList<SearchHit> hits) => [.. hits.Select(hit => hit.Index)];
}
