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
    /// <param name="members">The members of an ensemble; null for a model alone.</param>
    public static void Write(
        Report report, TrainingResult result, TrainingOptions options, string output, long? bytes = null, object? test = null,
        IReadOnlyList<MemberRow>? members = null)
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
                Precision = options.Engine.PrecisionName,
                Output = output,
                BytesTotal = bytes,
                Test = test,
                Members = members,
            });
            return;
        }

        if (members is not null)
        {
            var table = new TextTable("member", "weighted error", "vote", "evaluation", "test");
            for (int i = 0; i < members.Count; i++)
            {
                MemberRow row = members[i];
                table.Add($"{i + 1}", Number(row.WeightedError), Number(row.Vote), Number(row.Value), Number(row.Test));
            }

            report.Table(table);
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

    private static string Number(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-";
}
