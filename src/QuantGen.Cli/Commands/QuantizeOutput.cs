using System.Globalization;
using QuantGen.Cli.Inspecting;
using QuantGen.Cli.Measuring;
using QuantGen.Cli.Models;
using QuantGen.Cli.Reporting;
using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Specs;
using QuantGen.Training.PostTraining;
using QuantGen.Training.PostTraining.Landscapes;
using QuantGen.Training.PostTraining.Steps;
using QuantGen.Training.Reporting;

namespace QuantGen.Cli.Commands;

/// <summary>Tells what a quantization made.</summary>
internal static class QuantizeOutput
{
    private const int LatencyTokens = 128;
    private const int LatencyRuns = 30;

    /// <summary>Writes the page and its Markdown.</summary>
    /// <param name="path">The page.</param>
    /// <param name="source">The checkpoint, as the command line names it.</param>
    /// <param name="output">The packed file.</param>
    /// <param name="done">What was made, and by which steps.</param>
    /// <param name="packed">What was made; disposed of when it has been loaded.</param>
    /// <param name="loader">Loads it.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static void SavePage(
        string path, string source, string output, (PostTrainingResult Result, RecipeRun Run) done, PackedModel packed, SessionLoader loader,
        CancellationToken cancellation)
    {
        (ModelSpec spec, long bytes) = (packed.Spec, packed.FileLength);
        string recipe = RecipeJson.Write(packed.Recipe!);
        long predicted = PackedLayout.Packed(spec).Sum(tensor => tensor.Bytes) + packed.Bytes(PackedLayout.Vocabulary).Length;
        using InferenceSession session = loader.Load(packed, cancellation);
        int length = Math.Min(LatencyTokens, session.MaxSequenceLength);
        Measurement time = Measurement.Take(Workload.Random(session, length, batch: 1, seed: 1), LatencyRuns, cancellation);
        string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        new QuantizationReport(
            Path.GetFileName(output),
            [
                new("source", source), new("recipe", recipe), new("bytes", Text($"{bytes:N0}")),
                new("bytes as predicted of the tensors", Text($"{predicted:N0}")),
                new("smaller than 32-bit weights", Text($"{4.0 * ModelSize.Parameters(spec) / bytes:0.0} times")),
                new("bits of a weight in linear layers, scales included", Text($"{ModelSize.BitsPerWeight(spec):0.###}")),
                new(Text($"milliseconds for {length} tokens on one thread, median of {LatencyRuns}"), Text($"{time.MedianMs:0.00}")),
                .. done.Run.PlannedMilliseconds is double planned
                    ? [new KeyValuePair<string, string>("milliseconds as the plan foresaw", Text($"{planned:0.00}"))]
                    : Array.Empty<KeyValuePair<string, string>>(),
                new("instruction set", session.InstructionSet),
            ],
            done.Result.Tensors, done.Run.Reports, done.Run.Curves) { Slices = LossLandscape.SlicesOf(done.Run, cancellation) }.Save(path);
    }

    /// <summary>Writes the table of errors, or JSON.</summary>
    public static void Write(Report report, PostTrainingResult result, ModelSpec spec, long bytes)
    {
        double compression = 4.0 * ModelSize.Parameters(spec) / bytes;
        if (report.IsJson)
        {
            report.Json(new
            {
                BytesTotal = bytes,
                Compression = Math.Round(compression, 3),
                Tensors = result.Tensors.Select(tensor => new
                {
                    tensor.Name,
                    tensor.Bits,
                    tensor.Groups,
                    SqnrDb = double.IsFinite(tensor.SqnrDb) ? Math.Round(tensor.SqnrDb, 3) : (double?)null,
                    tensor.Sensitivity,
                }),
            });
            return;
        }

        bool isPlanned = result.Tensors.Any(tensor => tensor.Sensitivity is not null);
        var table = new TextTable(["tensor", "bits", "groups", "SQNR dB", .. isPlanned ? ["sensitivity"] : Array.Empty<string>()]);
        foreach (TensorReport tensor in result.Tensors)
        {
            string sqnr = double.IsFinite(tensor.SqnrDb) ? tensor.SqnrDb.ToString("0.00", CultureInfo.InvariantCulture) : "exact";
            string sensitivity = tensor.Sensitivity?.ToString("G4", CultureInfo.InvariantCulture) ?? string.Empty;
            table.Add(
            [
                tensor.Name, tensor.Bits.ToString("0.##", CultureInfo.InvariantCulture), tensor.Groups.ToString("N0", CultureInfo.InvariantCulture), sqnr,
                .. isPlanned ? [sensitivity] : Array.Empty<string>(),
            ]);
        }

        report.Table(table);
        report.Line(string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes, {compression:0.0} times smaller than 32-bit weights"));
    }
}
