using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;

namespace QuantGen.Experiments.PostTraining;

/// <summary>Makes the table of recipes without training, and goes on where it was interrupted.</summary>
internal sealed class PostTrainingCommand : Command
{
    private const string FileName = "post-training";

    public PostTrainingCommand(Option<DirectoryInfo> shared, Option<DirectoryInfo> models)
        : base(FileName, "Quantization after training: recipes by bits by model, seeds as columns.")
    {
        var output = new Option<DirectoryInfo>("--output")
        {
            Description = "Where results are kept.", DefaultValueFactory = _ => new DirectoryInfo("bench/results"),
        };
        var only = new Option<string?>("--only") { Description = "Runs only rows whose model, bits and method, as in 'trec W2A8 BRECQ', contain this text." };
        Add(output);
        Add(only);
        SetAction(async (parse, cancellation) =>
        {
            string scratch = Directory.CreateTempSubdirectory("quantgen-recipes-").FullName;
            try
            {
                var runner = new RecipeRunner(parse.GetValue(shared)!.FullName, scratch, parse.GetValue(models)!.FullName);
                await MakeAsync(runner, parse.GetValue(output)!.FullName, parse.GetValue(only), cancellation);
            }
            finally
            {
                Directory.Delete(scratch, recursive: true);
            }

            return 0;
        });
    }

    private static async Task MakeAsync(RecipeRunner runner, string folder, string? only, CancellationToken cancellation)
    {
        var store = new ResultStore<RecipeResult>(Path.Combine(folder, FileName + ".json"));
        RecipeResult? Find(RecipeRow row, int seed) => store.Find(result => result.Key == row.Key && result.Seed == seed);
        foreach (RecipeRow row in RecipeRows.List.Where(row => only is null || row.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            foreach (int seed in row.Seeds.Where(seed => Find(row, seed) is null))
            {
                RecipeResult result = await runner.RunAsync(row, seed, cancellation);
                store.Add(result);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Name}, seed {seed}: {result.Metric} {100 * result.Value:0.00} of {100 * result.Full:0.00}, {result.Seconds:0} processor seconds"));
            }
        }

        string about = string.Create(
            CultureInfo.InvariantCulture,
            $"Made by `dotnet run -c Release --project bench/QuantGen.Experiments -- {FileName}`; {RuntimeInformation.FrameworkDescription}, " +
                $"{Environment.ProcessorCount} processors.");
        File.WriteAllText(Path.Combine(folder, FileName + ".md"), RecipeTable.Write(RecipeRows.List, Find, about));
    }
}
