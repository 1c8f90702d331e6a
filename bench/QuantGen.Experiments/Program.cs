using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using QuantGen.Experiments.OneBit;
using QuantGen.Experiments.PostTraining;
using QuantGen.Experiments.Reporting;
using QuantGen.Experiments.Studies;

namespace QuantGen.Experiments;

/// <summary>Makes the tables of the papers on small models: one command for each, and a study goes on where it was interrupted.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        string names = string.Join(", ", AllStudies.List.Select(study => study.Name));
        var studies = new Argument<string[]>("STUDY") { Description = $"Which tables: {names}; none for all.", Arity = ArgumentArity.ZeroOrMore };
        studies.AcceptOnlyFromAmong([.. AllStudies.List.Select(study => study.Name)]);
        var shared = new Option<DirectoryInfo>("--shared")
        {
            Description = "The folder with models, data and text.", DefaultValueFactory = _ => new DirectoryInfo("../shared"), Recursive = true,
        };
        var models = new Option<DirectoryInfo>("--models")
        {
            Description = "Where models are kept that are trained first.", DefaultValueFactory = _ => new DirectoryInfo("artifacts/models"), Recursive = true,
        };
        var output = new Option<DirectoryInfo>("--output")
        {
            Description = "Where results are kept.", DefaultValueFactory = _ => new DirectoryInfo("bench/results/experiments"),
        };
        var rows = new Option<string?>("--only") { Description = "Runs only rows that contain this text." };
        var command = new RootCommand("Runs the experiments and writes Markdown, JSON and SVG.")
        {
            studies, shared, output, rows, models, new PostTrainingCommand(shared, models), new OneBitCommand(shared, models),
        };
        command.SetAction(async (parse, cancellation) =>
        {
            DirectoryInfo data = parse.GetValue(shared)!;
            if (!Directory.Exists(Path.Combine(data.FullName, "models")))
            {
                await Console.Error.WriteLineAsync($"{data.FullName}: no such folder of shared models and data; give --shared");
                return 1;
            }

            string[] chosen = parse.GetValue(studies) is { Length: > 0 } some ? some : [.. AllStudies.List.Select(study => study.Name)];
            foreach (Study study in AllStudies.List.Where(study => chosen.Contains(study.Name)))
            {
                await MakeAsync(study, data.FullName, parse.GetValue(output)!.FullName, parse.GetValue(rows), cancellation);
            }

            return 0;
        });
        return await command.Parse(args).InvokeAsync();
    }

    private static async Task MakeAsync(Study study, string shared, string folder, string? only, CancellationToken cancellation)
    {
        string scratch = Directory.CreateTempSubdirectory("quantgen-experiments-").FullName;
        try
        {
            var store = new ResultStore<ExperimentResult>(Path.Combine(folder, study.Name + ".json"));
            var runner = new Runner(shared, scratch);
            foreach (Experiment experiment in study.Experiments.Where(e => only is null || e.Row.Contains(only, StringComparison.OrdinalIgnoreCase)))
            {
                if (Find(store, experiment) is null)
                {
                    ExperimentResult result = await runner.RunAsync(experiment, cancellation);
                    store.Add(result);
                    Console.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{study.Name}: {result.Row}, seed {result.Seed}: {result.Metric} {result.Before.Value:0.####} -> {result.After.Value:0.####} " +
                                $"(teacher {result.Teacher:0.####}), {result.Seconds:0} s"));
                }

                Report(study, store, folder);
            }
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static ExperimentResult? Find(ResultStore<ExperimentResult> store, Experiment experiment) =>
        store.Find(result => result.Key == experiment.Key && result.Row == experiment.Row);

    private static void Report(Study study, ResultStore<ExperimentResult> store, string folder)
    {
        ExperimentResult[] finished = [.. study.Experiments.Select(experiment => Find(store, experiment)).OfType<ExperimentResult>()];
        string about = string.Create(
            CultureInfo.InvariantCulture,
            $"Made by `dotnet run -c Release --project bench/QuantGen.Experiments -- {study.Name}`; {RuntimeInformation.FrameworkDescription}, " +
                $"{Environment.ProcessorCount} processors, {finished.Sum(run => run.Seconds) / 60:0.#} minutes in all.");
        File.WriteAllText(Path.Combine(folder, study.Name + ".md"), StudyTable.Write(study, finished, about));
        File.WriteAllText(Path.Combine(folder, study.Name + ".svg"), study.HasCurves ? Svg.Curves(study, finished) : Svg.Bars(study, finished));
    }
}
