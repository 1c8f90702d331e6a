using System.Globalization;

namespace QuantGen.Experiments.PostTraining;

/// <summary>One row of the table: a recipe at some bits on a model, with its seeds.</summary>
/// <param name="Model">The model.</param>
/// <param name="Method">What the table calls the recipe.</param>
/// <param name="Weights">Bits of weights.</param>
/// <param name="Activations">Bits of activations.</param>
/// <param name="Steps">The recipe's steps as a recipe file has them, or the name of a recipe.</param>
/// <param name="Seeds">Which calibration texts are drawn, and in which order they are seen.</param>
internal sealed record RecipeRow(CalibratedModel Model, string Method, int Weights, int Activations, string Steps, IReadOnlyList<int> Seeds)
{
    /// <summary>What stands in the steps where a seed goes.</summary>
    public const string SeedPlace = "SEED";

    /// <summary>Gets further options of <c>quantgen quantize</c>. Default none.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Gets how many texts the recipe sees at most.</summary>
    public required int Samples { get; init; }

    /// <summary>Gets whether the recipe is shown texts.</summary>
    public bool HasTexts => Steps != "nearest" && !Steps.Contains(SeedPlace, StringComparison.Ordinal);

    /// <summary>Gets the bits in the papers' notation.</summary>
    public string Bits => string.Create(CultureInfo.InvariantCulture, $"W{Weights}A{Activations}");

    /// <summary>Gets what tells the row from every other, so that a later run finds its results.</summary>
    public string Key => string.Join(' ', [Model.Name, Bits, Steps, .. Options]);

    /// <summary>Gets what a subset of rows is chosen by.</summary>
    public string Name => $"{Model.Name} {Bits} {Method}";
}
