using System.Globalization;
using System.Text;
using QuantGen.Files;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Loop;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Reporting;

/// <summary>Writes a page with the curves of a training; it needs nothing else, no network either.</summary>
public static class HtmlReport
{
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
        var page = new ReportPage(title);
        if (result.Best is ModelScore best)
        {
            page.AddText(string.Create(
                CultureInfo.InvariantCulture,
                $"Best: {best.Metric} {best.Value:0.0000} after epoch {result.BestEpoch}. {result.Steps} steps, {result.SkippedSteps} skipped."));
        }

        page.AddChart(LossChart(result));
        if (result.Epochs.Any(epoch => epoch.Score is not null))
        {
            page.AddChart(ScoreChart(result));
        }

        page.AddChart(
            new SvgChart("Learning rate of weights", result.Steps).Draw([("rate", [.. result.Curve.Select(point => (point.Step, point.LearningRate))])]));
        AddEpochs(page, result);
        page.AddTable(["setting", "value"], settings.Select(setting => new[] { setting.Key, setting.Value }));
        return page.End();
    }

    private static string LossChart(TrainingResult result)
    {
        (string Name, Func<LossParts, double> Of)[] parts =
        [
            ("total", loss => loss.Total), ("hidden", loss => loss.Hidden), ("attention", loss => loss.Attention), ("prediction", loss => loss.Prediction),
            ("ground truth", loss => loss.GroundTruth), ("sentence", loss => loss.Sentence), ("similarity", loss => loss.Similarity),
            ("directions", loss => loss.Directions),
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

    private static void AddEpochs(ReportPage page, TrainingResult result)
    {
        string[] metrics = [.. result.Epochs.SelectMany(epoch => epoch.Score?.All ?? []).Select(metric => metric.Key).Distinct()];
        page.AddTable(
            ["epoch", "steps", "loss", .. metrics],
            result.Epochs.Select(epoch => (string[])
            [
                Text(epoch.Epoch, "0"), Text(epoch.Step, "0"), Text(epoch.Loss.Total, "0.0000"),
                .. (epoch.Score?.All ?? []).Select(metric => Text(metric.Value, "0.0000")),
            ]),
            best: result.Epochs.ToList().FindIndex(epoch => epoch.Epoch == result.BestEpoch));
    }

    private static string Text(IFormattable value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
