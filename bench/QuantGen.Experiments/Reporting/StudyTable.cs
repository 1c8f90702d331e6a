using System.Globalization;
using System.Text;

namespace QuantGen.Experiments.Reporting;

/// <summary>Writes a study as a Markdown table: a row for each setting, a column for each seed, fidelity before and after.</summary>
internal static class StudyTable
{
    /// <summary>Writes a study.</summary>
    /// <param name="study">The study.</param>
    /// <param name="results">Its finished runs, in the order of the study.</param>
    /// <param name="about">Machine, versions, date and command.</param>
    public static string Write(Study study, IReadOnlyList<ExperimentResult> results, string about)
    {
        int[] seeds = [.. results.Select(result => result.Seed).Distinct().Order()];
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {study.Title}\n\n{study.Question} {about}\n\n");
        if (results.Count < study.Experiments.Count)
        {
            text.Append(CultureInfo.InvariantCulture, $"{results.Count} of {study.Experiments.Count} runs are finished.\n\n");
        }

        Line(
            text,
            ["row", "metric", "teacher", "before training", .. seeds.Select(seed => $"seed {seed}"), "mean", "agreement", "KL", "hidden SNR, dB", "seconds"]);
        Line(text, [.. Enumerable.Repeat("---", seeds.Length + 9)]);
        foreach (IGrouping<string, ExperimentResult> row in results.GroupBy(result => result.Row))
        {
            ExperimentResult first = row.First();
            string Value(double value) => Show(value, first.Metric);
            Line(
                text,
                [
                    row.Key,
                    first.Metric,
                    Value(first.Teacher),
                    Value(row.Average(run => run.Before.Value)),
                    .. seeds.Select(seed => row.FirstOrDefault(run => run.Seed == seed) is ExperimentResult run ? Value(run.After.Value) : string.Empty),
                    Value(row.Average(run => run.After.Value)),
                    Change(row, measures => measures.Agreement, "0.000"),
                    Change(row, measures => measures.Divergence, "0.0000"),
                    Change(row, measures => measures.HiddenSignalToNoiseDb, "0.0"),
                    row.Sum(run => run.Seconds).ToString("0", CultureInfo.InvariantCulture),
                ]);
        }

        return text.ToString();
    }

    // Perplexities are small numbers, shares are percent.
    private static string Show(double value, string metric) =>
        metric == "perplexity" ? value.ToString("0.00", CultureInfo.InvariantCulture) : (value * 100).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Change(IEnumerable<ExperimentResult> row, Func<Measures, double> part, string format) =>
        row.Average(run => part(run.Before)).ToString(format, CultureInfo.InvariantCulture) + " → " +
        row.Average(run => part(run.After)).ToString(format, CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
