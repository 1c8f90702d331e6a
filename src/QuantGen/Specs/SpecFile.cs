using QuantGen.Graph;
using QuantGen.Json;

namespace QuantGen.Specs;

/// <summary>
/// The file beside a model that an annotated class names, <c>x.spec.json</c>: the identity, the labels of the head's outputs, and for readers the recipe.
/// People review it; order and white space are free, unknown keys are not.
/// </summary>
/// <param name="Model">The identity.</param>
/// <param name="Labels">The labels in the order of the head's outputs; empty where the packed file decides.</param>
/// <param name="Recipe">How the codes were found; null when the file is silent.</param>
public sealed record SpecFile(ModelSpec Model, EquatableArray<string> Labels, Recipe? Recipe)
{
    /// <summary>What the name of the file ends in.</summary>
    public const string Extension = ".spec.json";

    private static readonly string[] s_keys = { "spec", "labels", "ensemble", "recipe" };

    /// <summary>Gets the ensemble whose members are such models; null for a single model. For readers: one class runs one member or many.</summary>
    public EnsembleSpec? Ensemble { get; init; }

    /// <summary>Writes the file's text.</summary>
    public string Write()
    {
        var members = new List<string> { "  \"spec\": " + SpecJson.Write(Model, indented: true).Replace("\n", "\n  ") };
        if (Labels.Count > 0)
        {
            members.Add($"  \"labels\": [{string.Join(", ", Labels.Select(JsonText.Quote))}]");
        }

        if (Ensemble is not null)
        {
            members.Add($"  \"ensemble\": {EnsembleJson.Write(Ensemble)}");
        }

        if (Recipe is not null)
        {
            members.Add("  \"recipe\": " + RecipeJson.Write(Recipe));
        }

        return "{\n" + string.Join(",\n", members) + "\n}\n";
    }

    /// <summary>Reads the file's text.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="FormatException">The text describes no legal model; the message says what was expected and found.</exception>
    public static SpecFile Read(string json)
    {
        Dictionary<string, object?> root = JsonText.Parse(json) as Dictionary<string, object?> ?? throw new FormatException("expected a JSON object");
        if (root.Keys.FirstOrDefault(key => !s_keys.Contains(key)) is string unknown)
        {
            throw new FormatException($"expected {string.Join(", ", s_keys)}, found '{unknown}'");
        }

        if (!root.TryGetValue("spec", out object? value) || value is not Dictionary<string, object?> members)
        {
            throw new FormatException("expected the key 'spec', an object");
        }

        ModelSpec model = SpecJsonReader.Read(members);
        if (!JsonText.AreEqual(JsonText.Parse(model.CanonicalJson), members))
        {
            throw new FormatException($"expected 'spec' to say {model.CanonicalJson}");
        }

        Recipe? recipe = root.TryGetValue("recipe", out object? made) ? RecipeJsonReader.Read(made) : null;
        return new SpecFile(model, ReadLabels(root, model), recipe)
        {
            Ensemble = root.TryGetValue("ensemble", out object? ensemble) ? EnsembleJson.Read(ensemble, model) : null,
        };
    }

    private static EquatableArray<string> ReadLabels(Dictionary<string, object?> root, ModelSpec model)
    {
        if (!root.TryGetValue("labels", out object? value))
        {
            return default;
        }

        return value is List<object?> list && list.Count == model.OutputCount && list.All(item => item is string)
            ? new EquatableArray<string>(list.Cast<string>())
            : throw new FormatException($"expected a list of {model.OutputCount} texts for 'labels'");
    }
}
