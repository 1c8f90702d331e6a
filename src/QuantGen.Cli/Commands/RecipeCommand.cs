using System.CommandLine;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Specs;
using QuantGen.Training.PostTraining.Steps;

namespace QuantGen.Cli.Commands;

/// <summary>Prints a named recipe, to be changed and given to <c>quantize --recipe</c>.</summary>
internal sealed class RecipeCommand : CliCommand
{
    private readonly Argument<string> _name;

    public RecipeCommand(CliStreams streams)
        : base("recipe", "Print a named recipe of quantization after training, with all its settings.", streams)
    {
        _name = WithPath("NAME", $"One of: {string.Join(", ", PostTrainingRecipes.Names)}.");
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        string name = values.Get(_name);
        IReadOnlyList<RecipeStep> steps = PostTrainingRecipes.Find(name)
            ?? throw new UsageException($"there is no recipe '{name}'; recipes are {string.Join(", ", PostTrainingRecipes.Names)}");

        // A recipe file is JSON already.
        Streams.Output.Write(RecipeStepJson.WriteFile(PostTrainingRecipes.Spelled(steps)));
    }
}
