using System.Globalization;
using QuantGen.Peers.Racing;

namespace QuantGen.Peers.Reporting;

/// <summary>Writes results as Markdown.</summary>
internal static class RaceText
{
    private const string Disturbance =
        "~ marks times that were disturbed: their 90th percentile is more than 1.25 times the 10th. Repeat those rows on a quieter machine.";

    /// <summary>Writes the table of results.</summary>
    public static string Results(IEnumerable<RaceResult> results) => MarkdownTable.Of(
        ["row", "shape", "QuantGen", "ms (p10-p90)", "ONNX Runtime", "ms (p10-p90)", "ratio", "target", ""],
        results.Select(result => (string[])
        [
            result.Row.Name,
            result.Row.Shape.ToString(),
            result.Row.OurName,
            Spread(result.Ours),
            result.Row.PeerName,
            Spread(result.Peers),
            Number(result.Ratio, "0.000"),
            result.Target is double target ? Number(target, "0.00") + (result.Row.Targets!.IsTime ? " ms" : string.Empty) : string.Empty,
            result.IsMet switch
            {
                true => "met",
                false => "missed",
                null => string.Empty,
            },
        ]));

    /// <summary>Lists what readers of results should know.</summary>
    public static IReadOnlyList<string> Notes(RaceReport report) =>
        report.Results.Any(result => result.Ours.IsDisturbed || result.Peers.IsDisturbed) ? [.. report.Notes, Disturbance] : report.Notes;

    /// <summary>Writes everything.</summary>
    /// <param name="report">What was found.</param>
    /// <param name="picture">The file name of the chart.</param>
    public static string Write(RaceReport report, string picture)
    {
        string[] sections =
        [
            "# QuantGen and ONNX Runtime, taking turns",
            FormattableString.Invariant($"Medians of {report.Settings.Runs} runs of each side in milliseconds, with the 10th and 90th percentile; ") +
                "ratio is QuantGen's median divided by ONNX Runtime's. Compare ratios: both sides of a row ran alternately in the same minute " +
                "and in one process, so they saw the same machine.",
            $"![ratios]({picture})",
            Results(report.Results),
            string.Join('\n', Notes(report).Select(note => $"- {note}")),
            "## Machine",
            MarkdownTable.Of(["what", "value"], report.Machine.Select(fact => (string[])[fact.Key.Replace('_', ' '), fact.Value])),
            $"Command: `{report.Command}`",
            When(report.Results),
            "## Opponents",
            string.Join("\n\n", report.Opponents.Select(Describe)),
            $"Session options: {string.Join(", ", report.Session.Select(setting => $"`{setting.Key}: {setting.Value}`"))}; " +
                "everything else as it is by default, spinning threads included.",
            "## Checks of the graphs",
            string.Join('\n', report.Checks.Select(Describe)),
            report.Verification.Count == 0 ? string.Empty : Describe(report.Verification),
        ];
        return string.Join("\n\n", sections.Where(section => section.Length > 0)) + "\n";
    }

    // A race of some groups leaves the rows of the others.
    private static string When(IReadOnlyList<RaceResult> results) => string.Join('\n', results
        .Where(result => result.Measured.Length > 0).GroupBy(result => result.Row.Name)
        .Select(group => $"- {group.Key} was measured until {group.Last().Measured}"));

    private static string Describe(Opponent opponent)
    {
        TriedGraph chosen = opponent.Tried[0];
        string heading = $"**{opponent.Row}, {opponent.Shape}, against {opponent.Peer}**: {chosen.Recipe}";
        return chosen.LowerQuartile is not double fastest
            ? heading + " (taken untried: a quick run)"
            : heading + "\n\n" + MarkdownTable.Of(
                ["graph", "lower quartile, ms", "of the fastest"],
                opponent.Tried.Select(graph => (string[])
                [
                    graph.Recipe.ToString(), Time(graph.LowerQuartile!.Value), Number(graph.LowerQuartile.Value / fastest, "0.000"),
                ]));
    }

    private static string Describe(GraphCheck check)
    {
        string rounded = check.RoundedCosine is double cosine
            ? Number(cosine, "0.0000") + " with those of the exact graph of its rounded weights, "
            : string.Empty;
        return $"- {check.Model}, {check.Recipe}: cosine {Number(check.Cosine, "0.0000")} with the hidden states of the exact graph, {rounded}" +
            "the same in every run";
    }

    private static string Describe(IReadOnlyList<Verification> verification) =>
        FormattableString.Invariant($"Against the reference logits of a trained checkpoint, {verification[0].Texts} texts:\n\n") + MarkdownTable.Of(
            ["graph", "largest difference", "same labels"],
            verification.Select(each => (string[])[each.Recipe.ToString(), Number(each.Difference, "0.0e+0"), Number(each.Agreement, "0.0000")]));

    /// <summary>Writes a median with the 10th and 90th percentile.</summary>
    public static string Spread(TimeSummary times) =>
        $"{Time(times.Median)} ({Time(times.P10)}-{Time(times.P90)})" + (times.IsDisturbed ? " ~" : string.Empty);

    // Times below a millisecond need more digits.
    private static string Time(double value) => Number(value, value < 1 ? "0.000" : value < 100 ? "0.00" : "0.0");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
