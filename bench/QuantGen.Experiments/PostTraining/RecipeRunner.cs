using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace QuantGen.Experiments.PostTraining;

/// <summary>Runs rows as command lines of the tool.</summary>
/// <param name="shared">The folder of shared data.</param>
/// <param name="scratch">A folder for what is thrown away.</param>
/// <param name="models">The folder that keeps models that are trained first.</param>
internal sealed class RecipeRunner(string shared, string scratch, string models)
{
    private readonly Dictionary<CalibratedModel, double> _full = [];

    public async Task<RecipeResult> RunAsync(RecipeRow row, int seed, CancellationToken cancellation)
    {
        string packed = Path.Combine(scratch, "model.qg.safetensors");
        string[] calibration = !row.HasTexts ? []
            : ["--calibration", Texts(row.Model), "--samples", Text(row.Samples), "--seed", Text(seed), "--max-length", "64"];
        string checkpoint = await CheckpointAsync(row.Model, cancellation);
        TimeSpan before = ProcessorTime();
        await Tool.JsonAsync(
            [
                "quantize", checkpoint, "-o", packed, "--bits", Text(row.Weights), "--activation-bits", Text(row.Activations),
                .. Recipe(row.Steps.Replace(RecipeRow.SeedPlace, Text(seed), StringComparison.Ordinal)), .. calibration, .. row.Options,
            ],
            cancellation);
        double seconds = (ProcessorTime() - before).TotalSeconds;
        return await (row.Model.HasSentences
            ? EvaluateAsync(row, seed, packed, seconds, cancellation) : CompareAsync(row, seed, packed, seconds, cancellation));
    }

    private Task<string> CheckpointAsync(CalibratedModel model, CancellationToken cancellation) =>
        TrainedModels.FolderAsync(model, shared, models, cancellation);

    // Answers that are classes are compared one by one.
    private async Task<RecipeResult> CompareAsync(RecipeRow row, int seed, string packed, double seconds, CancellationToken cancellation)
    {
        JsonElement root = await Tool.JsonAsync(
            ["compare", await CheckpointAsync(row.Model, cancellation), packed, "--data", Path.Combine(shared, row.Model.Test)], cancellation);
        return new RecipeResult(
            row.Key, seed, root.GetProperty("metric").GetString()!, Rounded(root.GetProperty("a").GetProperty("value")),
            Rounded(root.GetProperty("b").GetProperty("value")), Rounded(root.GetProperty("mean_kl")), Math.Round(seconds, 1));
    }

    private async Task<RecipeResult> EvaluateAsync(RecipeRow row, int seed, string packed, double seconds, CancellationToken cancellation)
    {
        if (!_full.TryGetValue(row.Model, out double full))
        {
            (_, full) = await MeasureAsync(await CheckpointAsync(row.Model, cancellation), row.Model, cancellation);
            _full.Add(row.Model, full);
        }

        (string metric, double value) = await MeasureAsync(packed, row.Model, cancellation);
        return new RecipeResult(row.Key, seed, metric, full, value, Divergence: null, Math.Round(seconds, 1));
    }

    private async Task<(string Metric, double Value)> MeasureAsync(string model, CalibratedModel task, CancellationToken cancellation)
    {
        JsonElement root = await Tool.JsonAsync(["evaluate", model, "--data", Path.Combine(shared, task.Test)], cancellation);
        return (root.GetProperty("metric").GetString()!, Rounded(root.GetProperty("value")));
    }

    // Six digits tell all there is to see, and keep a committed file small.
    private static double Rounded(JsonElement value) => Math.Round(value.GetDouble(), 6);

    private string[] Recipe(string steps)
    {
        if (!steps.StartsWith('['))
        {
            return ["--method", steps];
        }

        string file = Path.Combine(scratch, "recipe.json");
        File.WriteAllText(file, $$"""{"steps":{{steps}}}""");
        return ["--recipe", file];
    }

    // Each sentence of a pair is a text of its own, once.
    private string Texts(CalibratedModel model)
    {
        string train = Path.Combine(shared, model.Train);
        string file = Path.Combine(scratch, model.Name + "-texts.tsv");
        if (!model.HasSentences)
        {
            return train;
        }

        if (!File.Exists(file))
        {
            File.WriteAllLines(file, ["sentence", .. File.ReadLines(train).Skip(1).SelectMany(line => line.Split('\t')[..2]).Distinct()]);
        }

        return file;
    }

    // The tool runs in this process, which does nothing else; unlike a clock it does not count what other processes take.
    private static TimeSpan ProcessorTime()
    {
        using Process own = Process.GetCurrentProcess();
        return own.TotalProcessorTime;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
