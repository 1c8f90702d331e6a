using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using QuantGen.Cli.Measuring;

namespace QuantGen.Benchmarks.Engines;

/// <summary>Writes what was measured of engines as Markdown and JSON.</summary>
internal static class EngineReport
{
    private const string Torch = "TorchSharp";

    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>Writes both files.</summary>
    /// <param name="path">Where to, less the extensions.</param>
    /// <param name="command">The command that measured.</param>
    /// <param name="batch">The batch, in words.</param>
    /// <param name="threads">Threads of all engines.</param>
    /// <param name="rows">For every model the engines, the first of which is the one that others are compared with.</param>
    public static void Write(string path, string command, string batch, int threads, IReadOnlyList<IReadOnlyList<EngineRow>> rows)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string machine = string.Create(
            CultureInfo.InvariantCulture,
            $"{CpuKind.Current.Name} ({CpuKind.Current.FileName}), {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} processors, " +
                $"{threads} thread{(threads == 1 ? string.Empty : "s")}{Library()}");
        File.WriteAllText(path + ".json", Json(command, batch, machine, rows) + "\n");
        File.WriteAllText(path + ".md", Markdown(command, batch, machine, rows));
    }

    private static string Json(string command, string batch, string machine, IReadOnlyList<IReadOnlyList<EngineRow>> rows) => JsonSerializer.Serialize(
        new
        {
            command,
            machine,
            batch,
            rows = rows.SelectMany(engines => engines.Select(row => new
            {
                row.Model,
                row.Engine,
                row.Tokens,
                ForwardMs = Round(row.ForwardMs),
                BackwardMs = Round(row.BackwardMs),
                OptimizerMs = Round(row.OptimizerMs),
                StepMs = Round(row.StepMs),
                ProcessorMs = Round(row.ProcessorMs),
                PassesRatio = Round(row.RatioTo(engines[0], time => time.Passes)),
                StepRatio = Round(row.RatioTo(engines[0], time => time.Step)),
                ProcessorRatio = Round(row.RatioTo(engines[0], time => time.Processor)),
                Steps = row.Times.Select(time => Round(time.Step)),
            })),
        },
        s_json);

    private static string Markdown(string command, string batch, string machine, IReadOnlyList<IReadOnlyList<EngineRow>> rows)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Training steps of both engines, taking turns\n\nMade by `{command}`; {machine}. {batch}\n\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"Medians of {rows[0][0].Times.Count} steps in milliseconds; every engine has a step in each round. Ratios are medians of the rounds' ratios to " +
                $"the first engine: both sides of one saw the same machine. Processor time counts all threads and leaves out what other programs took.\n\n");
        text.Append(
            "| model | engine | forward | loss and backward | optimizer | step | tokens/s | passes, ratio | step, ratio | processor time | ratio |\n" +
                "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (IReadOnlyList<EngineRow> engines in rows)
        {
            foreach (EngineRow row in engines)
            {
                double rate = row.Tokens / row.StepMs * 1000;
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {row.Model} | {row.Engine} | {row.ForwardMs:0.0} | {row.BackwardMs:0.0} | {row.OptimizerMs:0.0} | {row.StepMs:0.0} | {rate:0} | " +
                        $"{row.RatioTo(engines[0], time => time.Passes):0.00} | {row.RatioTo(engines[0], time => time.Step):0.00} | {row.ProcessorMs:0.0} | " +
                            $"{row.RatioTo(engines[0], time => time.Processor):0.00} |\n");
            }
        }

        return text.ToString();
    }

    // Known only to builds that have it.
    private static string Library() =>
        AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetName()).FirstOrDefault(name => name.Name == Torch) is AssemblyName name
        ? $", {Torch} {name.Version?.ToString(fieldCount: 3)}"
        : string.Empty;

    private static double Round(double value) => Math.Round(value, 3);
}
