using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using QuantGen.Cli;
using QuantGen.Cli.Conventions;

namespace QuantGen.Experiments;

/// <summary>Runs experiments as command lines of the tool.</summary>
/// <param name="shared">The folder of shared data.</param>
/// <param name="scratch">A folder for what is thrown away.</param>
internal sealed class Runner(string shared, string scratch)
{
    private const int CurvePoints = 200;

    public async Task<ExperimentResult> RunAsync(Experiment experiment, CancellationToken cancellation)
    {
        LearningTask task = experiment.Task;
        string log = Path.Combine(scratch, "log.jsonl");
        File.Delete(log);
        string student = Path.Combine(scratch, "student.qg.safetensors");

        // What an interrupted experiment left: the next one starts anew.
        File.Delete(student + ".training");
        string[] arguments =
        [
            "distill", "--teacher", task.Teacher(shared), "--data", Data(task), "--test-data", Test(task),
            "--max-length", Text(task.MaxLength), "--seed", Text(experiment.Seed), .. experiment.Options,
            "--log", log, "-o", student, "--json",
        ];
        var watch = Stopwatch.StartNew();
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        int code = await CliApplication.RunAsync(arguments, new CliStreams(TextReader.Null, output, error), cancellation);
        if (code != 0)
        {
            throw new InvalidOperationException($"quantgen {string.Join(' ', arguments)}: {error.ToString().Trim()}");
        }

        using JsonDocument json = JsonDocument.Parse(output.ToString());
        JsonElement test = json.RootElement.GetProperty("test");
        return new ExperimentResult(
            experiment.Key, experiment.Row, task.Name, experiment.Seed, test.GetProperty("metric").GetString()!, test.GetProperty("teacher").GetDouble(),
            Read(test.GetProperty("before")), Read(test.GetProperty("after")), Math.Round(watch.Elapsed.TotalSeconds, 1), Curve(log));
    }

    private string Data(LearningTask task)
    {
        string folder = Path.Combine(scratch, task.Name);
        return Directory.Exists(folder) ? folder : TrainingSplit.Write(Path.Combine(shared, task.Train), task.IsText, folder);
    }

    private string Test(LearningTask task)
    {
        string file = Path.Combine(shared, task.Test);
        if (task.TestLines == int.MaxValue)
        {
            return file;
        }

        string part = Path.Combine(scratch, task.Name + "-test" + Path.GetExtension(file));
        File.WriteAllLines(part, File.ReadLines(file).Take(task.TestLines));
        return part;
    }

    private static Measures Read(JsonElement element) => new(
        Number(element, "value"), Number(element, "agreement"), Number(element, "divergence"), Number(element, "hidden_signal_to_noise_db"));

    // Six digits tell all there is to see, and keep files that are committed small. A perfect student has no finite ratio.
    private static double Number(JsonElement element, string name) => element.GetProperty(name) is { ValueKind: JsonValueKind.Number } number
        ? double.Parse(number.GetDouble().ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
        : double.PositiveInfinity;

    private static List<CurvePoint> Curve(string log)
    {
        var points = new List<CurvePoint>();
        foreach (string line in File.ReadLines(log))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            if (json.RootElement.TryGetProperty("step", out JsonElement step) && json.RootElement.TryGetProperty("loss", out JsonElement loss)
                && loss.ValueKind == JsonValueKind.Number)
            {
                points.Add(
                    new CurvePoint(step.GetInt64(), double.Parse(loss.GetDouble().ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)));
            }
        }

        int every = Math.Max(1, points.Count / CurvePoints);
        return [.. points.Where((_, i) => i % every == 0)];
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
