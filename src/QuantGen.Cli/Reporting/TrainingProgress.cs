using System.Diagnostics;
using System.Globalization;
using QuantGen.Training.Loop;
using QuantGen.Training.Losses;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace QuantGen.Cli.Reporting;

/// <summary>Shows people how a training goes: a picture that changes on a terminal, lines otherwise.</summary>
/// <param name="report">Where lines go.</param>
/// <param name="show">Shows a picture; null to write lines.</param>
internal sealed class TrainingProgress(Report report, Action<IRenderable>? show) : ITrainingObserver
{
    private const int LinesPerEpoch = 4;
    private static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(200);
    private readonly Stopwatch _clock = new();
    private readonly List<EpochRecord> _epochs = [];
    private TrainingStart? _start;
    private LossParts _loss;
    private long _lossCount;
    private long _doneBefore;
    private long _tokens;
    private TimeSpan _lastPicture;

    /// <inheritdoc/>
    public void Started(TrainingStart start)
    {
        bool isFirst = _start is null;
        _start = start;
        _epochs.Clear();
        _epochs.AddRange(start.Epochs);
        _clock.Start();
        if (!isFirst)
        {
            return;
        }

        _doneBefore = start.DoneSteps;
        if (start.DoneSteps > 0)
        {
            report.Line(string.Create(CultureInfo.InvariantCulture, $"continuing after step {start.DoneSteps} of {start.TotalSteps}"));
        }
    }

    /// <inheritdoc/>
    public void Stepped(in StepRecord step)
    {
        _tokens += step.Tokens;
        if (step.IsSkipped)
        {
            report.Line(string.Create(CultureInfo.InvariantCulture, $"step {step.Step}: skipped, loss {step.Loss.Total} or its gradients are not finite"));
        }
        else
        {
            _loss += step.Loss;
            _lossCount++;
        }

        int every = Math.Max(1, _start!.StepsPerEpoch / LinesPerEpoch);
        bool isLast = step.Step % _start.StepsPerEpoch == 0 || step.Step == _start.TotalSteps;
        if (show is null && step.Step % every == 0 && !isLast)
        {
            report.Line(Line(step.Epoch, step.Step));
            (_loss, _lossCount) = (default, 0);
        }
        else if (show is not null && _clock.Elapsed - _lastPicture > s_redraw)
        {
            _lastPicture = _clock.Elapsed;
            show(Picture(Line(step.Epoch, step.Step)));
        }
    }

    /// <inheritdoc/>
    public void Evaluating(int epoch) => show?.Invoke(Picture($"epoch {epoch}: evaluating"));

    /// <inheritdoc/>
    public void EpochEnded(EpochRecord epoch)
    {
        _epochs.Add(epoch);
        (_loss, _lossCount) = (default, 0);
        if (show is null)
        {
            string score = epoch.Score is null
                ? string.Empty
                : string.Create(CultureInfo.InvariantCulture, $", {epoch.Score.Metric} {epoch.Score.Value:0.0000}{(epoch.IsBest ? " (best)" : string.Empty)}");
            report.Line(string.Create(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch} done: {Parts(epoch.Loss)}{score}, {Rate():N0} tokens/s"));
        }
        else
        {
            show(Picture(string.Empty));
        }
    }

    /// <inheritdoc/>
    public void SaveFailed(string path, long step, string reason) =>
        report.Line(string.Create(CultureInfo.InvariantCulture, $"step {step}: {reason}; the training goes on"));

    private static string Parts(LossParts loss)
    {
        (string Name, double Value)[] parts =
        [
            ("hidden", loss.Hidden), ("attention", loss.Attention), ("prediction", loss.Prediction), ("labels", loss.GroundTruth),
            ("directions", loss.Directions), ("sentence", loss.Sentence), ("similarity", loss.Similarity),
        ];
        string[] present =
        [
            .. parts.Where(part => part.Value != 0).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Name} {part.Value:0.0000}")),
        ];
        string total = string.Create(CultureInfo.InvariantCulture, $"loss {loss.Total:0.0000}");
        return present.Length > 1 ? $"{total} ({string.Join(", ", present)})" : total;
    }

    private string Line(int epoch, long step)
    {
        double done = step - _doneBefore;
        TimeSpan left = _clock.Elapsed * ((_start!.TotalSteps - step) / Math.Max(1, done));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {epoch}, step {step} of {_start.TotalSteps}: {Parts(_loss / Math.Max(1, _lossCount))}, {Rate():N0} tokens/s, " +
                $"{(int)left.TotalHours}:{left.Minutes:00}:{left.Seconds:00} left");
    }

    private double Rate() => _tokens / Math.Max(1e-9, _clock.Elapsed.TotalSeconds);

    private Rows Picture(string line)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("epoch", "loss", _epochs.FirstOrDefault()?.Score?.Metric ?? "metric");
        foreach (EpochRecord epoch in _epochs)
        {
            string score = epoch.Score is null
                ? "-"
                : epoch.Score.Value.ToString("0.0000", CultureInfo.InvariantCulture) + (epoch.IsBest ? " *" : string.Empty);
            table.AddRow(epoch.Epoch.ToString(CultureInfo.InvariantCulture), Markup.Escape(Parts(epoch.Loss)), score);
        }

        return new Rows(table, new Text(line));
    }
}
