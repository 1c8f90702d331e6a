using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using QuantGen.Architectures;
using QuantGen.Graph;

namespace QuantGen.Cli.Models;

/// <summary>Makes the <c>config.json</c> of a model that is imported.</summary>
internal static class ImportedConfig
{
    private static readonly JsonSerializerOptions s_readable = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n",
    };

    /// <summary>Makes the text.</summary>
    /// <param name="text">The file of the model that was exported; null for none.</param>
    /// <param name="known">What that file says.</param>
    /// <param name="found">What the graph has: often it was exported without the head that the file names.</param>
    public static string Text(string? text, ModelConfig? known, ModelConfig found)
    {
        if (text is null)
        {
            return ModelConfigWriter.Write(found);
        }

        if (known == found)
        {
            return text;
        }

        JsonObject config = JsonNode.Parse(text)!.AsObject();
        config["architectures"] = new JsonArray(ModelFamilies.Of(found.Architecture).ClassPrefix + ModelConfigReader.ClassEnd(found.Head));
        config.Remove("num_labels");
        config.Remove("label2id");
        config["id2label"] = new JsonObject(
            found.Labels.Select((label, i) => KeyValuePair.Create(i.ToString(CultureInfo.InvariantCulture), (JsonNode?)label)));
        if (found.Head is not (BertHead.SequenceClassification or BertHead.Regression))
        {
            config.Remove("problem_type");
        }

        return config.ToJsonString(s_readable) + "\n";
    }
}
