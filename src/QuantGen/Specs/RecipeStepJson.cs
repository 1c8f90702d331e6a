using System.Globalization;
using QuantGen.Graph;
using QuantGen.Json;

namespace QuantGen.Specs;

/// <summary>The JSON form of a recipe's steps: a list of objects with the key <c>step</c>, whose other keys are settings.</summary>
/// <remarks>Which steps there are and what they may say is not known here: a file shows its recipe, whatever made it.</remarks>
public static class RecipeStepJson
{
    private const string NameKey = "step";
    private const string ListKey = "steps";

    /// <summary>Writes a recipe file: an object with the key <c>steps</c>, a step a line.</summary>
    /// <param name="steps">The steps.</param>
    public static string WriteFile(IEnumerable<RecipeStep> steps) => $"{{ \"{ListKey}\": [\n  {string.Join(",\n  ", steps.Select(Step))}\n] }}\n";

    /// <summary>Reads a recipe file.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="FormatException">The text is no recipe file; the message says what was expected and found.</exception>
    public static IReadOnlyList<RecipeStep> ReadFile(string json)
    {
        Dictionary<string, object?> root = JsonText.Parse(json) as Dictionary<string, object?>
            ?? throw new FormatException($"expected an object with the key '{ListKey}'");
        if (root.Keys.FirstOrDefault(key => key != ListKey) is string unknown)
        {
            throw new FormatException($"expected the key '{ListKey}' alone, found '{unknown}'");
        }

        return root.TryGetValue(ListKey, out object? list) ? Read(list) : throw new FormatException($"expected the key '{ListKey}'");
    }

    /// <summary>Writes steps on one line.</summary>
    internal static string Write(IEnumerable<RecipeStep> steps) => $"\"{ListKey}\":[{string.Join(",", steps.Select(Step))}]";

    /// <summary>Reads a list of steps.</summary>
    internal static EquatableArray<RecipeStep> Read(object? value)
    {
        List<object?> list = value as List<object?> ?? throw new FormatException($"expected a list for '{ListKey}', found {JsonText.Describe(value)}");
        return new EquatableArray<RecipeStep>(list.Select(item =>
        {
            Dictionary<string, object?> members = item as Dictionary<string, object?>
                ?? throw new FormatException($"expected objects in '{ListKey}', found {JsonText.Describe(item)}");
            return members.TryGetValue(NameKey, out object? name) && name is string text
                ? new RecipeStep(text, new EquatableArray<StepSetting>(members.Where(member => member.Key != NameKey).Select(Setting)))
                : throw new FormatException($"expected a text for '{NameKey}' in each of '{ListKey}'");
        }));
    }

    private static StepSetting Setting(KeyValuePair<string, object?> member) => member.Value switch
    {
        double number => new StepSetting(member.Key, number, null),
        string word => new StepSetting(member.Key, 0, word),
        _ => throw new FormatException($"expected a number or a text for '{member.Key}', found {JsonText.Describe(member.Value)}"),
    };

    private static string Step(RecipeStep step) =>
        $"{{\"{NameKey}\":{JsonText.Quote(step.Name)}{string.Concat(step.Settings.Select(setting => $",{JsonText.Quote(setting.Name)}:{Value(setting)}"))}}}";

    private static string Value(StepSetting setting) =>
        setting.Word is null ? setting.Number.ToString("R", CultureInfo.InvariantCulture) : JsonText.Quote(setting.Word);
}
