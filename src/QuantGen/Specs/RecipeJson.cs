using System.Globalization;
using QuantGen.Json;
using QuantGen.Schemes;

namespace QuantGen.Specs;

/// <summary>The JSON form of a recipe: fixed keys in a fixed order; those that say nothing are left out.</summary>
public static class RecipeJson
{
    /// <summary>Writes a recipe on one line.</summary>
    /// <param name="recipe">The recipe.</param>
    public static string Write(Recipe recipe)
    {
        var members = new List<string> { Text("scheme", NameOf(recipe.Scheme)) };
        if (recipe.EmbeddingScheme is Scheme embedding)
        {
            members.Add(Text("embedding_scheme", NameOf(embedding)));
        }

        members.Add(Text("clipping", SpecNames.Of(recipe.Clipping)));
        if (recipe.Matrices.Count > 0)
        {
            members.Add($"\"matrices\":[{string.Join(",", recipe.Matrices.Select(Entry))}]");
        }

        if (recipe.ClusterIterations != Recipe.DefaultClusterIterations)
        {
            members.Add(Number("cluster_iterations", recipe.ClusterIterations));
        }

        if (recipe.ClusterSeed != 0)
        {
            members.Add(Seed("cluster_seed", recipe.ClusterSeed));
        }

        if (recipe.Calibration is { } calibration)
        {
            members.Add($"\"calibration\":{{{Text("data", calibration.Data)},{Number("samples", calibration.Samples)},{Number("seed", calibration.Seed)}}}");
        }

        if (recipe.Steps.Count > 0)
        {
            members.Add(RecipeStepJson.Write(recipe.Steps));
        }

        if (recipe.Training is { } training)
        {
            members.Add(
                $"\"training\":{{{Text("data", training.Data)},{Text("loss", training.Loss)},"
                + $"{Number("steps", training.Steps)},{Seed("seed", training.Seed)}}}");
        }

        return "{" + string.Join(",", members) + "}";
    }

    /// <summary>Reads a recipe.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="FormatException">The text is no recipe; the message says what was expected and found.</exception>
    public static Recipe Read(string json) => RecipeJsonReader.Read(JsonText.Parse(json));

    private static string Entry(RecipeEntry entry)
    {
        var members = new List<string> { Text("pattern", entry.Pattern) };
        if (entry.Scheme is Scheme scheme)
        {
            members.Add(Text("scheme", NameOf(scheme)));
        }

        if (entry.Clipping is Clipping clipping)
        {
            members.Add(Text("clipping", SpecNames.Of(clipping)));
        }

        if (entry.GroupClipping.Count > 0)
        {
            members.Add($"\"group_clipping\":[{string.Join(",", entry.GroupClipping.Select(c => JsonText.Quote(SpecNames.Of((Clipping)c))))}]");
        }

        return "{" + string.Join(",", members) + "}";
    }

    private static string NameOf(Scheme scheme) => WeightSchemes.Of(scheme).Name;

    private static string Text(string key, string value) => $"\"{key}\":{JsonText.Quote(value)}";

    private static string Number(string key, long value) => FormattableString.Invariant($"\"{key}\":{value}");

    // JSON's numbers are doubles; a seed beyond their whole numbers is a text.
    private static string Seed(string key, ulong value) =>
        value <= RecipeJsonReader.LargestNumber ? Number(key, (long)value) : Text(key, value.ToString(CultureInfo.InvariantCulture));
}
