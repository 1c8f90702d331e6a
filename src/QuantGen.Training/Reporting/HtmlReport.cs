using System.Globalization;
using System.Net;
using System.Text;
using QuantGen.Files;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Loop;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Reporting;

/// <summary>Writes a page with the curves of a training; it needs nothing else, no network either.</summary>
public static class HtmlReport
{
    private const string Style = """
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 760px; margin: 2em auto; padding: 0 1em; color: #222 }
        table { border-collapse: collapse; margin: 1em 0 } td, th { padding: .2em .8em; border-bottom: 1px solid #ddd; text-align: right }
        td:first-child, th:first-child { text-align: left } tr.best { font-weight: 600 }
        svg { width: 100%; margin: 1em 0 }
        """;

    /// <summary>Writes the page to a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="title">What was trained.</param>
    /// <param name="settings">With which settings, by name.</param>
    /// <param name="result">What it came to.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, string title, IEnumerable<KeyValuePair<string, string>> settings, TrainingResult result)
        => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(Write(title, settings, result))));

    /// <summary>Makes the page.</summary>
    /// <param name="title">What was trained.</param>
    /// <param name="settings">With which settings, by name.</param>
    /// <param name="result">What it came to.</param>
    public static string Write(string title, IEnumerable<KeyValuePair<string, string>> settings, TrainingResult result)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(result);
        var page = new StringBuilder();
        page.Append(
            CultureInfo.InvariantCulture,
            $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{WebUtility.HtmlEncode(title)}</title>\n<style>\n{Style}\n" +
                $"{SvgChart.Style}\n</style></head><body>\n");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{WebUtility.HtmlEncode(title)}</h1>\n");
        if (result.Best is ModelScore best)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<p>Best: {best.Metric} {best.Value:0.0000} after epoch {result.BestEpoch}. {result.Steps} steps, {result.SkippedSteps} skipped.</p>\n");
        }

        page.Append(LossChart(result));
        if (result.Epochs.Any(epoch => epoch.Score is not null))
        {
            page.Append(ScoreChart(result));
        }

        page.Append(
            new SvgChart("Learning rate of weights", result.Steps).Draw([("rate", [.. result.Curve.Select(point => (point.Step, point.LearningRate))])]));
        AppendEpochs(page, result);
        page.Append("<table>\n<tr><th>setting</th><th>value</th></tr>\n");
        foreach ((string name, string value) in settings)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{WebUtility.HtmlEncode(name)}</td><td>{WebUtility.HtmlEncode(value)}</td></tr>\n");
        }

        return page.Append("</table>\n</body></html>\n").ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    private static string LossChart(TrainingResult result)
    {
        (string Name, Func<LossParts, double> Of)[] parts =
        [
            ("total", loss => loss.Total), ("hidden", loss => loss.Hidden), ("attention", loss => loss.Attention), ("prediction", loss => loss.Prediction),
            ("ground truth", loss => loss.GroundTruth), ("sentence", loss => loss.Sentence), ("similarity", loss => loss.Similarity),
        ];

        // A loss of one part is its own total.
        bool hasSeveral = parts.Skip(1).Count(part => result.Curve.Any(point => part.Of(point.Loss) != 0)) > 1;
        return new SvgChart("Loss", result.Steps).Draw(
        [
            .. parts.Where((part, i) => i == 0 || (hasSeveral && result.Curve.Any(point => part.Of(point.Loss) != 0)))
                .Select(part => (part.Name, (IReadOnlyList<(long, double)>)[.. result.Curve.Select(point => (point.Step, part.Of(point.Loss)))])),
        ]);
    }

    private static string ScoreChart(TrainingResult result)
    {
        string metric = result.Epochs.First(epoch => epoch.Score is not null).Score!.Metric;
        return new SvgChart(metric, result.Steps)
            .Draw([(metric, [.. result.Epochs.Where(epoch => epoch.Score is not null).Select(epoch => (epoch.Step, epoch.Score!.Value))])]);
    }

    private static void AppendEpochs(StringBuilder page, TrainingResult result)
    {
        string[] metrics = [.. result.Epochs.SelectMany(epoch => epoch.Score?.All ?? []).Select(metric => metric.Key).Distinct()];
        page.Append("<table>\n<tr><th>epoch</th><th>steps</th><th>loss</th>").AppendJoin(string.Empty, metrics.Select(metric => $"<th>{metric}</th>"))
            .Append("</tr>\n");
        foreach (EpochRecord epoch in result.Epochs)
        {
            string row = epoch.Epoch == result.BestEpoch ? "<tr class=\"best\">" : "<tr>";
            page.Append(CultureInfo.InvariantCulture, $"{row}<td>{epoch.Epoch}</td><td>{epoch.Step}</td><td>{epoch.Loss.Total:0.0000}</td>");
            foreach (KeyValuePair<string, double> metric in epoch.Score?.All ?? [])
            {
                page.Append(CultureInfo.InvariantCulture, $"<td>{metric.Value:0.0000}</td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</table>\n");
    }
}
