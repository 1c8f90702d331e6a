using System.Globalization;
using QuantGen.Graph;
using QuantGen.Json;
using QuantGen.Schemes;

namespace QuantGen.Specs;

/// <summary>Reads <see cref="RecipeJson"/>'s text: known keys only, each with a legal value.</summary>
internal static class RecipeJsonReader
{
    /// <summary>The largest whole number below which a double holds all.</summary>
    public const ulong LargestNumber = 1UL << 53;

    private static readonly string[] s_keys =
        { "scheme", "embedding_scheme", "clipping", "matrices", "cluster_iterations", "cluster_seed", "calibration", "steps", "training" };
    private static readonly string[] s_entryKeys = { "pattern", "scheme", "clipping", "group_clipping" };
    private static readonly string[] s_calibrationKeys = { "data", "samples", "seed" };
    private static readonly string[] s_trainingKeys = { "data", "loss", "steps", "seed" };

    public static Recipe Read(object? json)
    {
        Dictionary<string, object?> root = Members(json, "the recipe", s_keys);
        var defaults = new Recipe();
        return new Recipe
        {
            Scheme = SchemeOf(root, "scheme") ?? throw new FormatException("expected the key 'scheme'"),
            EmbeddingScheme = SchemeOf(root, "embedding_scheme"),
            Clipping = ClippingOf(root) ?? defaults.Clipping,
            Matrices = root.TryGetValue("matrices", out object? matrices) ? Entries(matrices) : default,
            ClusterIterations = root.ContainsKey("cluster_iterations") ? (int)Number(root, "cluster_iterations", 1, int.MaxValue) : defaults.ClusterIterations,
            ClusterSeed = root.ContainsKey("cluster_seed") ? Seed(root, "cluster_seed") : 0,
            Calibration = root.TryGetValue("calibration", out object? calibration) ? Calibration(calibration) : null,
            Steps = root.TryGetValue("steps", out object? steps) ? RecipeStepJson.Read(steps) : default,
            Training = root.TryGetValue("training", out object? training) ? Training(training) : null,
        };
    }

    private static CalibrationRecipe Calibration(object? value)
    {
        Dictionary<string, object?> members = Members(value, "'calibration'", s_calibrationKeys);
        return new CalibrationRecipe(Text(members, "data"), (int)Number(members, "samples", 1, int.MaxValue), (int)Number(members, "seed", 0, int.MaxValue));
    }

    private static TrainingRecipe Training(object? value)
    {
        Dictionary<string, object?> members = Members(value, "'training'", s_trainingKeys);
        return new TrainingRecipe(Text(members, "data"), Text(members, "loss"), (long)Number(members, "steps", 0, LargestNumber), Seed(members, "seed"));
    }

    private static EquatableArray<RecipeEntry> Entries(object? value)
    {
        List<object?> list = value as List<object?> ?? throw new FormatException("expected a list for 'matrices'");
        return new EquatableArray<RecipeEntry>(list.Select(item =>
        {
            Dictionary<string, object?> members = Members(item, "each of 'matrices'", s_entryKeys);
            int[] clippings = members.TryGetValue("group_clipping", out object? names) ? QuantizationPlanReader.ClippingNumbers(names).ToArray() : new int[0];
            if (names is not null && clippings.Length == 0)
            {
                throw new FormatException($"expected a list with {SpecNames.Choices<Clipping>()} for 'group_clipping'");
            }

            return new RecipeEntry(Text(members, "pattern"), SchemeOf(members, "scheme"), ClippingOf(members), new EquatableArray<int>(clippings));
        }));
    }

    private static Dictionary<string, object?> Members(object? value, string what, string[] keys)
    {
        Dictionary<string, object?> members = value as Dictionary<string, object?> ?? throw new FormatException($"expected an object for {what}");
        return members.Keys.FirstOrDefault(key => !keys.Contains(key)) is string unknown
            ? throw new FormatException($"expected {string.Join(", ", keys)} in {what}, found '{unknown}'")
            : members;
    }

    private static Scheme? SchemeOf(Dictionary<string, object?> members, string key) => !members.TryGetValue(key, out object? value) ? null
        : WeightSchemes.Find(value as string ?? string.Empty)?.Scheme
        ?? throw new FormatException($"expected {WeightSchemes.Choices()} for '{key}', found {JsonText.Describe(value)}");

    private static Clipping? ClippingOf(Dictionary<string, object?> members) => !members.TryGetValue("clipping", out object? value) ? null
        : value is string name && SpecNames.TryParse(name, out Clipping clipping) ? clipping
        : throw new FormatException($"expected {SpecNames.Choices<Clipping>()} for 'clipping', found {JsonText.Describe(value)}");

    private static string Text(Dictionary<string, object?> members, string key) =>
        members.TryGetValue(key, out object? value) && value is string text ? text : throw new FormatException($"expected a text for '{key}'");

    private static double Number(Dictionary<string, object?> members, string key, double least, double most) =>
        members.TryGetValue(key, out object? value) && value is double number && number == Math.Floor(number) && number >= least && number <= most
            ? number
            : throw new FormatException($"expected a whole number for '{key}'");

    private static ulong Seed(Dictionary<string, object?> members, string key) =>
        members.TryGetValue(key, out object? value) && value is string text
            ? ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) ? seed
            : throw new FormatException($"expected a whole number for '{key}'")
            : (ulong)Number(members, key, 0, LargestNumber);
}
