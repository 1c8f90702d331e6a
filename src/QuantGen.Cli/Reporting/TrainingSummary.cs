using System.Globalization;
using QuantGen.Training.Loop;

namespace QuantGen.Cli.Reporting;

/// <summary>Writes what a training came to.</summary>
internal static class TrainingSummary
{
    /// <summary>Writes it.</summary>
    /// <param name="report">Where to.</param>
    /// <param name="result">The training.</param>
    /// <param name="options">How it was trained.</param>
    /// <param name="output">What was written.</param>
    /// <param name="bytes">The length of a packed file; null for a checkpoint.</param>
    /// <param name="test">What test data gave, to be written as JSON; null without any.</param>
    public static void Write(Report report, TrainingResult result, TrainingOptions options, string output, long? bytes = null, object? test = null)
    {
        if (report.IsJson)
        {
            report.Json(new
            {
                result.Best?.Metric,
                result.Best?.Value,
                All = result.Best?.All.ToDictionary(metric => metric.Key, metric => metric.Value),
                result.BestEpoch,
                Epochs = result.Epochs.Select(epoch => new { epoch.Epoch, epoch.Step, Loss = epoch.Loss.Total, epoch.Score?.Value }),
                result.Steps,
                result.SkippedSteps,
                Engine = options.Engine.Name,
                options.Engine.Device,
                Output = output,
                BytesTotal = bytes,
                Test = test,
            });
            return;
        }

        if (result.Best is not null)
        {
            var table = new TextTable("metric", "value");
            foreach ((string name, double value) in result.Best.All)
            {
                table.Add(name, value.ToString("0.0000", CultureInfo.InvariantCulture));
            }

            report.Table(table);
        }

        string size = bytes is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", {bytes:N0} bytes");
        string skipped = result.SkippedSteps == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" ({result.SkippedSteps} skipped)");
        report.Line(
            string.Create(CultureInfo.InvariantCulture, $"epoch {result.BestEpoch} of {result.Epochs.Count}, {result.Steps} steps{skipped}: {output}{size}"));
    }
}
