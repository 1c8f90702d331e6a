using System.Globalization;
using System.Text;
using QuantGen.Specs;
using QuantGen.Training.Data;

namespace QuantGen.Training.PostTraining;

/// <summary>What a quantization's result depends on, by name: the state of another one is refused with the first difference.</summary>
internal static class RecipeIdentity
{
    public static Dictionary<string, string> Of(WorkingWeights weights, ModelSpec target, PostTrainingOptions options, CalibrationTexts? texts)
    {
        var identity = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["weights"] = weights.Checkpoint.Sha256,
            ["model"] = target.Sha256,
            ["recipe"] = RecipeJson.Write(options.Recipe),
        };
        if (texts is not null)
        {
            identity["rows"] = texts.Data is null ? "none" : HashOf(texts.Data);
            identity["samples"] = Text(texts.Options.Samples);
            identity["seed"] = Text(texts.Options.Seed);
            identity["tokens"] = texts.Options.MaxLength is int most ? Text(most) : "all";
        }

        return identity;
    }

    private static string HashOf(TsvDataset data)
    {
        var text = new StringBuilder();
        foreach (TsvRow row in data.Rows)
        {
            text.Append(row.Text).Append('\t').Append(row.Pair).Append('\t').Append(row.Label).Append('\n');
        }

        return Sha256.Hex(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
