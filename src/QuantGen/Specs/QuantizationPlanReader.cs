using QuantGen.Graph;
using QuantGen.Json;
using QuantGen.Schemes;

namespace QuantGen.Specs;

/// <summary>
/// Reads a quantization plan: <c>{ "matrices": { "encoder.layer.*.output.dense": { "storage": "uniform", "bits": 4, "groups": 64, "group_size": 0,
/// "mapping": "asymmetric", "group_bits": [4, 2], "scheme": "linear", "clipping": "mse", "group_clipping": ["mse", "min_max"] } } }</c>. Later entries win
/// over earlier ones. The last three keys say how codes are found: only a quantizer reads them, and a scheme alone decides the storage, too.
/// </summary>
public static class QuantizationPlanReader
{
    private static readonly string[] s_keys = { "storage", "bits", "groups", "group_size", "mapping", "group_bits", "scheme", "clipping", "group_clipping" };

    /// <summary>Reads the plan.</summary>
    /// <param name="json">The text of the file.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="issues">Receives what is wrong: QG1206 (not a plan), QG1208 (illegal value).</param>
    /// <returns>The entries in order; none when the file is no plan.</returns>
    public static QuantizationPlan Read(string json, string file, ICollection<SpecIssue> issues)
    {
        object? root;
        try
        {
            root = JsonText.Parse(json);
        }
        catch (FormatException e)
        {
            issues.Add(new SpecIssue("QG1206", $"Plan '{file}' is not JSON: {e.Message}", Property: "Plan"));
            return QuantizationPlan.Empty;
        }

        if (root is not Dictionary<string, object?> { Count: 1 } members
            || !members.TryGetValue("matrices", out object? value) || value is not Dictionary<string, object?> matrices)
        {
            issues.Add(new SpecIssue("QG1206", $"Plan '{file}' must be an object with the single key 'matrices', an object", Property: "Plan"));
            return QuantizationPlan.Empty;
        }

        var entries = new List<PlanEntry>();
        var recipe = new List<RecipeEntry>();
        foreach (KeyValuePair<string, object?> matrix in matrices)
        {
            if (matrix.Value is Dictionary<string, object?> settings)
            {
                (PlanEntry entry, RecipeEntry found) = Entry(matrix.Key, settings, file, issues);
                entries.Add(entry);
                if (found.Scheme is not null || found.Clipping is not null || found.GroupClipping.Count > 0)
                {
                    recipe.Add(found);
                }
            }
            else
            {
                issues.Add(new SpecIssue("QG1206", $"Plan '{file}': '{matrix.Key}' must be an object", Property: "Plan"));
            }
        }

        return new QuantizationPlan(new EquatableArray<PlanEntry>(entries), new EquatableArray<RecipeEntry>(recipe));
    }

    private static (PlanEntry Identity, RecipeEntry Recipe) Entry(string pattern, Dictionary<string, object?> settings, string file,
        ICollection<SpecIssue> issues)
    {
        void Illegal(string key, string expected) => issues.Add(new SpecIssue(
            "QG1208", $"Plan '{file}': '{key}' of '{pattern}' must be {expected}, and it is {JsonText.Describe(settings[key])}", Property: "Plan"));

        foreach (string key in settings.Keys.Where(k => !s_keys.Contains(k)))
        {
            issues.Add(new SpecIssue("QG1208", $"Plan '{file}': '{pattern}' has the unknown key '{key}'; known are {string.Join(", ", s_keys)}",
                Property: "Plan"));
        }

        int? Integer(string key)
        {
            if (!settings.TryGetValue(key, out object? value))
            {
                return null;
            }

            if (WholeNumber(value) is int number)
            {
                return number;
            }

            Illegal(key, "a whole number");
            return null;
        }

        T? Named<T>(string key)
            where T : struct, Enum
        {
            if (!settings.TryGetValue(key, out object? value))
            {
                return null;
            }

            if (value is string text && SpecNames.TryParse(text, out T named))
            {
                return named;
            }

            Illegal(key, SpecNames.Choices<T>());
            return null;
        }

        var groupBits = new List<int>();
        if (settings.TryGetValue("group_bits", out object? list))
        {
            if (list is List<object?> { Count: > 0 } items && items.All(i => WholeNumber(i) is not null))
            {
                groupBits.AddRange(items.Select(i => WholeNumber(i)!.Value));
            }
            else
            {
                Illegal("group_bits", "a list of bits, one per group");
            }
        }

        var groupClipping = new List<int>();
        if (settings.TryGetValue("group_clipping", out object? names))
        {
            groupClipping.AddRange(ClippingNumbers(names));
            if (groupClipping.Count == 0)
            {
                Illegal("group_clipping", $"a list with {SpecNames.Choices<Clipping>()} for each group");
            }
        }

        SchemeTraits? scheme = null;
        if (settings.TryGetValue("scheme", out object? schemeName) && (scheme = WeightSchemes.Find(schemeName as string ?? string.Empty)) is null)
        {
            Illegal("scheme", WeightSchemes.Choices());
        }

        Storage? storage = Named<Storage>("storage");
        if (storage is not null && scheme is not null && storage != scheme.Storage)
        {
            Illegal("storage", $"'{SpecNames.Of(scheme.Storage)}', as the scheme '{scheme.Name}' needs");
        }

        var identity = new PlanEntry(
            pattern, Integer("bits"), Integer("groups"), Integer("group_size"), Named<Mapping>("mapping"), new EquatableArray<int>(groupBits))
        {
            Storage = storage ?? scheme?.Storage,
            ListedClippings = groupClipping.Count,
        };
        return (identity, new RecipeEntry(pattern, scheme?.Scheme, Named<Clipping>("clipping"), new EquatableArray<int>(groupClipping)));
    }

    /// <summary>Reads a list of names of clippings; empty when it is none.</summary>
    internal static IReadOnlyList<int> ClippingNumbers(object? value)
    {
        var numbers = new List<int>();
        foreach (object? item in value as List<object?> ?? new List<object?>())
        {
            if (item is not string name || !SpecNames.TryParse(name, out Clipping clipping))
            {
                return Array.Empty<int>();
            }

            numbers.Add((int)clipping);
        }

        return numbers;
    }

    private static int? WholeNumber(object? value) =>
        value is double number && number == Math.Floor(number) && number is >= int.MinValue and <= int.MaxValue ? (int)number : null;
}
