using QuantGen.Training.Evaluation;

namespace QuantGen.Cli.Measuring;

/// <summary>How far the outputs of two models for the same rows are from each other.</summary>
/// <param name="Agreement">The share of rows whose largest output is the same; null where a row has one output.</param>
/// <param name="MeanKl">The mean Kullback-Leibler divergence of the second's probabilities from the first's, in nats; null where a row has one output.</param>
/// <param name="MeanDifference">The mean distance of an output.</param>
internal sealed record OutputDistance(double? Agreement, double? MeanKl, double MeanDifference)
{
    /// <summary>Compares two evaluations of the same rows, which have as many outputs.</summary>
    public static OutputDistance Of(EvaluationResult first, EvaluationResult second)
    {
        double difference = first.Logits.Zip(second.Logits, (a, b) => Math.Abs((double)a - b)).Average();
        int outputs = first.OutputCount;
        if (outputs == 1)
        {
            return new OutputDistance(null, null, difference);
        }

        int equal = 0;
        double divergence = 0;
        for (int row = 0; row < first.RowCount; row++)
        {
            double[] a = Row(first, row);
            double[] b = Row(second, row);
            equal += Array.IndexOf(a, a.Max()) == Array.IndexOf(b, b.Max()) ? 1 : 0;
            double sumA = LogSum(a);
            double sumB = LogSum(b);
            for (int i = 0; i < outputs; i++)
            {
                divergence += Math.Exp(a[i] - sumA) * (a[i] - sumA - (b[i] - sumB));
            }
        }

        return new OutputDistance((double)equal / first.RowCount, divergence / first.RowCount, difference);
    }

    private static double[] Row(EvaluationResult result, int row) =>
        [.. Enumerable.Range(row * result.OutputCount, result.OutputCount).Select(i => (double)result.Logits[i])];

    private static double LogSum(double[] row)
    {
        double largest = row.Max();
        return largest + Math.Log(row.Sum(value => Math.Exp(value - largest)));
    }
}
