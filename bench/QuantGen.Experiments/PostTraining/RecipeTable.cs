using System.Globalization;
using System.Text;

namespace QuantGen.Experiments.PostTraining;

/// <summary>Writes the rows as a Markdown table with the seeds as columns.</summary>
internal static class RecipeTable
{
    /// <summary>Writes the table.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="find">Finds a result; null for a run that has not been made.</param>
    /// <param name="about">Machine and versions.</param>
    public static string Write(IReadOnlyList<RecipeRow> rows, Func<RecipeRow, int, RecipeResult?> find, string about)
    {
        int[] seeds = [.. rows.SelectMany(row => row.Seeds).Distinct().Order()];
        var text = new StringBuilder();
        text.Append("# Quantization after training\n\n");
        text.Append(
            "What does each recipe of `quantgen quantize` keep? One scale per matrix, embeddings of 8 bits, 1,024 texts without labels (256 for token-wise " +
                "clipping); a seed chooses which texts and in which order they are seen. Values are percent, differences are from full precision, and so is " +
                "the KL divergence of answers; seconds are processor time of `quantize`. ");
        text.Append(about).Append("\n\n");
        Line(
            text,
            ["model", "bits", "method", "metric", "full precision", .. seeds.Select(seed => $"seed {seed}"), "mean", "difference", "mean KL", "seconds"]);
        Line(text, [.. Enumerable.Repeat("---", seeds.Length + 9)]);
        foreach (RecipeRow row in rows)
        {
            RecipeResult?[] results = [.. seeds.Select(seed => row.Seeds.Contains(seed) ? find(row, seed) : null)];
            RecipeResult[] made = [.. results.OfType<RecipeResult>()];
            if (made.Length > 0)
            {
                double mean = made.Average(result => result.Value);
                Line(
                    text,
                    [
                        row.Model.Name, row.Bits, row.Method, made[0].Metric, Percent(made[0].Full),
                        .. results.Select(result => result is null ? string.Empty : Percent(result.Value)),
                        Percent(mean), (100 * (mean - made[0].Full)).ToString("+0.00;-0.00", CultureInfo.InvariantCulture),
                        made.Average(result => result.Divergence)?.ToString("0.00000", CultureInfo.InvariantCulture) ?? string.Empty,
                        made.Average(result => result.Seconds)?.ToString("0", CultureInfo.InvariantCulture) ?? string.Empty,
                    ]);
            }
        }

        return text.ToString();
    }

    private static string Percent(double value) => (100 * value).ToString("0.00", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
