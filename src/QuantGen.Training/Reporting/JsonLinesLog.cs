using System.Text.Json;
using System.Text.Json.Serialization;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Loop;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Reporting;

/// <summary>Writes what happens as one JSON object a line, for programs.</summary>
/// <remarks>
/// A continued training adds to the file. Steps between the last written state and an interruption are then in it twice; the later ones count.
/// </remarks>
public sealed class JsonLinesLog : ITrainingObserver, IDisposable
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly StreamWriter _writer;

    /// <summary>Opens the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="append">Whether what is in it stays.</param>
    public JsonLinesLog(string path, bool append)
    {
        // Without a buffer: a line that could not be written is not tried again when the file is closed, which would hide the first reason.
        var stream = new FileStream(path, append ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        CutPartOfLine(stream);
        _writer = new StreamWriter(stream) { NewLine = "\n", AutoFlush = true };
    }

    /// <inheritdoc/>
    public void Started(TrainingStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        Write(new
        {
            Event = "start",
            Model = start.Spec.Sha256,
            Engine = start.Engine.Name,
            start.Engine.Device,
            Precision = start.Engine.PrecisionName,
            TeacherEngine = start.TeacherEngine?.Name,
            TeacherDevice = start.TeacherEngine?.Device,
            TeacherPrecision = start.TeacherEngine?.PrecisionName,
            start.TotalSteps,
            start.StepsPerEpoch,
            start.DoneSteps,
            MemoryBytes = start.Memory.Total,
        });
    }

    /// <inheritdoc/>
    public void Stepped(in StepRecord step) => Write(new
    {
        Event = "step",
        step.Step,
        step.Epoch,
        Loss = step.Loss.Total,
        Parts = Parts(step.Loss),
        step.LearningRate,
        step.GradientNorm,
        Skipped = step.IsSkipped,
        step.Tokens,
        Seconds = Math.Round(step.Seconds, 6),
    });

    /// <inheritdoc/>
    public void EpochEnded(EpochRecord epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        Write(new
        {
            Event = "epoch", epoch.Epoch, epoch.Step, MeanLoss = epoch.Loss.Total, MeanParts = Parts(epoch.Loss), Metrics = Metrics(epoch.Score),
            Best = epoch.IsBest,
        });
    }

    /// <inheritdoc/>
    public void Saved(string path, long step)
    {
        Write(new { Event = "saved", Step = step });
    }

    /// <inheritdoc/>
    public void SaveFailed(string path, long step, string reason) => Write(new { Event = "save_failed", Step = step, Reason = reason });

    /// <inheritdoc/>
    public void Ended(TrainingResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Write(new { Event = "end", result.Steps, result.SkippedSteps, result.BestEpoch, Metrics = Metrics(result.Best) });
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _writer.Dispose();

    private static object Parts(LossParts loss) => new
    {
        loss.Hidden, loss.Attention, loss.Prediction, loss.GroundTruth, loss.Sentence, loss.Similarity, loss.Directions,
    };

    private static Dictionary<string, double>? Metrics(ModelScore? score) => score?.All.ToDictionary(metric => metric.Key, metric => metric.Value);

    // A disk that was full, or a process that was killed, leaves a part of a line.
    private static void CutPartOfLine(FileStream stream)
    {
        if (!stream.CanSeek)
        {
            return;
        }

        for (stream.Position = stream.Length; stream.Position > 0; stream.Position--)
        {
            stream.Position--;
            if (stream.ReadByte() == '\n')
            {
                break;
            }
        }

        if (stream.Position < stream.Length)
        {
            stream.SetLength(stream.Position);
        }
    }

    private void Write<T>(T line) => _writer.WriteLine(JsonSerializer.Serialize(line, s_json));
}
