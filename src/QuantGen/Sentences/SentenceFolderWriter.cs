using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using QuantGen.Checkpoints;
using QuantGen.Files;
using QuantGen.Tasks;

namespace QuantGen.Sentences;

/// <summary>Writes what a folder of sentence-transformers has beside the encoder, so that <see cref="SentenceFolder"/> and that library read it.</summary>
public static class SentenceFolderWriter
{
    private static readonly JsonSerializerOptions s_readable = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n",
    };

    /// <summary>Writes the files: all of them, or, when one has no place, none.</summary>
    /// <param name="directory">The folder; made if it is not there.</param>
    /// <param name="head">What makes hidden states a vector.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Save(string directory, SentenceHead head)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(head);
        SentenceEncoding encoding = head.Encoding;
        var files = new List<(string, Action<Stream>)>();
        List<(string Type, string Path)> modules = [("Transformer", string.Empty), ("Pooling", "1_Pooling")];
        Add("1_Pooling/config.json", Pooling(head));
        for (int i = 0; i < encoding.Layers.Count; i++)
        {
            string folder = string.Create(CultureInfo.InvariantCulture, $"{modules.Count}_Dense");
            modules.Add(("Dense", folder));
            Add($"{folder}/config.json", Dense(encoding.Layers[i]));
            SafetensorsWriter weights = Weights(head, i);
            Place($"{folder}/model.safetensors", weights.Write);
        }

        if (encoding.Normalize)
        {
            modules.Add(("Normalize", string.Create(CultureInfo.InvariantCulture, $"{modules.Count}_Normalize")));
        }

        Add("sentence_bert_config.json", new JsonObject { ["max_seq_length"] = encoding.MaxLength, ["do_lower_case"] = encoding.LowerCase });
        Add("config_sentence_transformers.json", new JsonObject
        {
            ["prompts"] = new JsonObject(encoding.Prompts.Select(prompt => KeyValuePair.Create(prompt.Name, (JsonNode?)prompt.Text))),
            ["default_prompt_name"] = encoding.DefaultPrompt,
        });
        Add("modules.json", new JsonArray([.. modules.Select((module, i) => (JsonNode)new JsonObject
        {
            ["idx"] = i,
            ["name"] = i.ToString(CultureInfo.InvariantCulture),
            ["path"] = module.Path,
            ["type"] = "sentence_transformers.models." + module.Type,
        })]));
        AtomicFile.WriteAll([.. files]);

        void Add(string name, JsonNode content) =>
            Place(name, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(content.ToJsonString(s_readable) + "\n")));

        void Place(string name, Action<Stream> write)
        {
            string path = Path.Combine(directory, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            files.Add((path, write));
        }
    }

    private static JsonObject Pooling(SentenceHead head)
    {
        var pooling = new JsonObject { ["word_embedding_dimension"] = head.HiddenSize };
        foreach ((EmbeddingPooling mode, string key) in SentenceNames.Keys)
        {
            pooling[key] = head.Encoding.Pooling.HasFlag(mode);
        }

        pooling["include_prompt"] = head.Encoding.IncludesPrompt;
        return pooling;
    }

    private static JsonObject Dense(SentenceLayer layer) => new()
    {
        ["in_features"] = layer.Inputs,
        ["out_features"] = layer.Outputs,
        ["bias"] = layer.HasBias,
        ["activation_function"] = layer.Activation is HiddenActivation function
            ? "torch.nn.modules.activation." + SentenceNames.TypeOf(function)
            : "torch.nn.modules.linear.Identity",
    };

    private static SafetensorsWriter Weights(SentenceHead head, int layer)
    {
        SentenceLayer shape = head.Encoding.Layers[layer];
        var writer = new SafetensorsWriter();
        writer.AddFloats("linear.weight", [shape.Outputs, shape.Inputs], head.Weights(layer));
        if (shape.HasBias)
        {
            writer.AddFloats("linear.bias", [shape.Outputs], head.Biases(layer));
        }

        return writer;
    }
}
