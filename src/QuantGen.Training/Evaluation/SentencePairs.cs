using QuantGen.Execution;
using QuantGen.Tasks;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;
using QuantGen.Vectors;

namespace QuantGen.Training.Evaluation;

/// <summary>Compares the cosines of pairs of texts with what people say of them.</summary>
internal static class SentencePairs
{
    private const int RowsAtOnce = 256;

    /// <summary>Computes the cosine of two vectors; 0 where one has no direction.</summary>
    public static double Cosine(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        (double product, double xx, double yy) = (0, 0, 0);
        for (int i = 0; i < x.Length; i++)
        {
            product += (double)x[i] * y[i];
            xx += (double)x[i] * x[i];
            yy += (double)y[i] * y[i];
        }

        return xx == 0 || yy == 0 ? 0 : product / Math.Sqrt(xx * yy);
    }

    /// <summary>Returns Spearman's correlation, by which sentence encoders are compared, and Pearson's.</summary>
    public static List<KeyValuePair<string, double>> Metrics(double[] cosines, double[] scores) =>
    [
        new("spearman", CorrelationMetrics.Spearman(cosines, scores)), new("pearson", CorrelationMetrics.Pearson(cosines, scores)),
    ];

    /// <summary>Requires pairs with a score.</summary>
    /// <exception cref="DataFormatException">Rows have one text, or no score.</exception>
    public static void Require(TsvDataset data, string file)
    {
        if (!data.HasPairs)
        {
            throw new DataFormatException(file, 1, "a header line 'sentence1<TAB>sentence2<TAB>label', since vectors are compared", "one text a row");
        }

        ExampleEncoder.RequireLabels(data, file);
        ExampleEncoder.RequireNumbers(data, file);
    }

    /// <summary>Evaluates a loaded sentence encoder; the outputs of a row are its cosine.</summary>
    public static EvaluationResult Evaluate(
        InferenceSession session, TsvDataset data, string file, EvaluationOptions options, CancellationToken cancellation)
    {
        Require(data, file);
        int[] order = options.Order(data.Rows.Count);
        double[] cosines = new double[order.Length];
        var call = new CallOptions { Threads = options.Threads, MaxLength = options.MaxLength };
        int done = 0;
        foreach (int[] rows in order.Chunk(RowsAtOnce))
        {
            TextInput[] texts = [.. rows.Select(row => new TextInput(data.Rows[row].Text)), .. rows.Select(row => new TextInput(data.Rows[row].Pair!))];
            float[][] vectors = session.Embed(texts, options.Embed, call, cancellation);
            for (int i = 0; i < rows.Length; i++)
            {
                cosines[rows[i]] = Cosine(Kept(vectors[i], options), Kept(vectors[rows.Length + i], options));
            }

            done += rows.Length;
            options.Progress?.Report((double)done / order.Length);
        }

        double[] scores = [.. data.Rows.Select(row => row.LabelValue)];
        List<KeyValuePair<string, double>> metrics = data.IsRanking
            ? RowMetrics.Ranking(cosines, [.. data.Rows.Select(row => (row.Text, row.LabelValue))])
            : Metrics(cosines, scores);
        return new EvaluationResult(Array.ConvertAll(cosines, cosine => (float)cosine), 1, metrics);
    }

    // Lengths make no difference to a cosine, so that nothing is normalized again.
    private static float[] Kept(float[] vector, EvaluationOptions options) =>
        VectorCodes.Kept(options.Dimensions is int dimensions ? VectorCodes.Truncate(vector, dimensions, normalize: false) : vector, options.Vectors);
}
