using System.CommandLine;
using QuantGen.Cli.Conventions;
using QuantGen.Graph;
using QuantGen.Specs;
using QuantGen.Training.PostTraining.Steps;

namespace QuantGen.Cli.Options;

/// <summary>The options that say by which steps a checkpoint is quantized.</summary>
internal sealed class RecipeOptions
{
    private readonly Option<string?> _file = CliOption.Text(
        "--recipe", "FILE", "A JSON file with the steps of the quantization, as the command recipe prints them.");
    private readonly Option<string?> _method = CliOption.OneOf("--method", "A recipe by its name.", [.. PostTrainingRecipes.Names]);

    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_method);
    }

    /// <summary>Gets the option that was given; null for none.</summary>
    public string? Given(OptionValues values) => values.Has(_file) ? _file.Name : values.Has(_method) ? _method.Name : null;

    /// <summary>Reads the steps; none when the command line names no recipe.</summary>
    /// <exception cref="UsageException">Both options are given.</exception>
    /// <exception cref="InvalidDataException">The file holds no legal recipe.</exception>
    public EquatableArray<RecipeStep> Read(OptionValues values)
    {
        if (values.Has(_file) && values.Has(_method))
        {
            throw new UsageException("--recipe and --method exclude each other");
        }

        if (values.Get(_method) is string name)
        {
            return new EquatableArray<RecipeStep>(PostTrainingRecipes.Find(name)!);
        }

        return values.Get(_file) is string file ? new EquatableArray<RecipeStep>(ReadFile(file)) : default;
    }

    private static IReadOnlyList<RecipeStep> ReadFile(string file)
    {
        IReadOnlyList<RecipeStep> steps;
        try
        {
            steps = RecipeStepJson.ReadFile(File.ReadAllText(file));
        }
        catch (FormatException error)
        {
            throw new InvalidDataException($"{file}: {error.Message}", error);
        }

        return PostTrainingRecipes.FirstIssue(steps, target: null) is string issue ? throw new InvalidDataException($"{file}: {issue}") : steps;
    }
}
