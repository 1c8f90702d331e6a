using System.Globalization;
using QuantGen.Graph;
using QuantGen.Json;

namespace QuantGen.Architectures;

/// <summary>Writes a <c>config.json</c> of dimensions that came from elsewhere: <see cref="ModelConfigReader"/> reads them again.</summary>
internal static class ModelConfigWriter
{
    /// <summary>Makes the text of the file.</summary>
    /// <param name="config">What it says.</param>
    public static string Write(ModelConfig config)
    {
        ModelFamily family = ModelFamilies.Of(config.Architecture);
        var members = new List<(string Key, string Json)>
        {
            ("architectures", "[" + JsonText.Quote(family.ClassPrefix + ModelConfigReader.ClassEnd(config.Head)) + "]"),
            ("model_type", JsonText.Quote(family.ModelType)),
        };
        members.AddRange(family.Keys(config).Select(member => (member.Key, Json(member.Value))));
        if (config.Head is BertHead.SequenceClassification or BertHead.Regression)
        {
            members.Add(("problem_type", JsonText.Quote(config.Head == BertHead.Regression ? "regression" : "single_label_classification")));
        }

        members.Add(("id2label", "{" + string.Join(", ", config.Labels.Select((label, i) => JsonText.Quote(Json(i)) + ": " + JsonText.Quote(label))) + "}"));
        return "{\n  " + string.Join(",\n  ", members.Select(member => JsonText.Quote(member.Key) + ": " + member.Json)) + "\n}\n";
    }

    private static string Json(object value) => value is string text ? JsonText.Quote(text) : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
