using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using QuantGen.Architectures;
using QuantGen.Checkpoints;
using QuantGen.Files;
using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Trainable;

namespace QuantGen.Training.Checkpointing;

/// <summary>Writes a full-precision model as the folder that Hugging Face's libraries and this one read.</summary>
public sealed class HuggingFaceCheckpoint
{
    private const string Vocabulary = "vocab.txt";
    private const string TokenizerConfig = "tokenizer_config.json";
    private static readonly string[] s_tokenizerFiles = [Vocabulary, "tokenizer.json", TokenizerConfig, "special_tokens_map.json", "added_tokens.json"];
    private static readonly JsonSerializerOptions s_readable = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n",
    };

    /// <summary>Gets the text of the <c>config.json</c> that the training started from; other keys than those of the head are kept.</summary>
    public required string ConfigJson { get; init; }

    /// <summary>Gets the tokenizer.</summary>
    public required BertTokenizer Tokenizer { get; init; }

    /// <summary>Gets the folder whose tokenizer files are taken over; null to write them from <see cref="Tokenizer"/>.</summary>
    public string? TokenizerSource { get; init; }

    /// <summary>Gets the labels in the order of the head's outputs. Default LABEL_0 and so on.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Gets what the head's outputs go through. Default <see cref="OutputActivation.Usual"/>.</summary>
    public OutputActivation OutputActivation { get; init; }

    /// <summary>Gets the file of a folder that the weights are written to.</summary>
    /// <param name="directory">The folder.</param>
    public static string WeightsOf(string directory) => Path.Combine(directory, "model.safetensors");

    /// <summary>Writes the folder: all of it, or, when a file has no place, none; the weights come last, so that a folder with weights is whole.</summary>
    /// <param name="directory">The folder; made if it is not there.</param>
    /// <param name="model">A model of full precision.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string directory, ITrainableModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Directory.CreateDirectory(directory);
        Dictionary<string, Parameter> parameters = model.Parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        var writer = new SafetensorsWriter();
        writer.AddMetadata("format", "pt");
        ModelFamily family = ModelFamilies.Of(model.Spec.Dimensions.Architecture);
        foreach (TensorSpec tensor in PackedLayout.Checkpoint(model.Spec))
        {
            string name = family.SourceName(tensor.Name, hasHead: model.Spec.Head != BertHead.Encoder);
            writer.AddFloats(name, [.. tensor.Shape], parameters[tensor.Name].Values);
        }

        AtomicFile.WriteAll(
        [
            InFolder("config.json", Utf8(Config(model.Spec))),
            .. TokenizerFiles().Select(file => InFolder(file.Name, file.Bytes)),
            (WeightsOf(directory), writer.Write),
        ]);

        (string, Action<Stream>) InFolder(string name, ReadOnlyMemory<byte> bytes) => (Path.Combine(directory, name), stream => stream.Write(bytes.Span));
    }

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private string Config(ModelSpec spec)
    {
        JsonObject config = JsonNode.Parse(ConfigJson)!.AsObject();
        string head = spec.Head switch
        {
            BertHead.SequenceClassification or BertHead.Regression => "ForSequenceClassification",
            BertHead.TokenClassification => "ForTokenClassification",
            BertHead.QuestionAnswering => "ForQuestionAnswering",
            BertHead.MaskedLanguageModel => "ForMaskedLM",
            _ => "Model",
        };
        config["architectures"] = new JsonArray(ModelFamilies.Of(spec.Dimensions.Architecture).ClassPrefix + head);
        config.Remove("problem_type");
        if (spec.Head is BertHead.SequenceClassification or BertHead.Regression)
        {
            config["problem_type"] = OutputActivation == OutputActivation.Sigmoid ? "multi_label_classification"
                : spec.Head == BertHead.Regression ? "regression" : "single_label_classification";
        }

        config.Remove("num_labels");
        if (spec.Head is BertHead.SequenceClassification or BertHead.Regression or BertHead.TokenClassification)
        {
            string[] labels = [.. Enumerable.Range(0, spec.OutputCount).Select(i => Labels.Count == spec.OutputCount ? Labels[i] : "LABEL_" + Text(i))];
            config["id2label"] = new JsonObject(labels.Select((label, i) => KeyValuePair.Create(Text(i), (JsonNode?)label)));
            config["label2id"] = new JsonObject(
                labels.Select((label, i) => (label, i)).DistinctBy(pair => pair.label).Select(pair => KeyValuePair.Create(pair.label, (JsonNode?)pair.i)));
        }

        return config.ToJsonString(s_readable) + "\n";
    }

    private IEnumerable<(string Name, ReadOnlyMemory<byte> Bytes)> TokenizerFiles() => TokenizerSource is null
        ? [(Vocabulary, Tokenizer.VocabularyBytes), (TokenizerConfig, Utf8(TokenizerJson()))]
        : s_tokenizerFiles.Where(file => File.Exists(Path.Combine(TokenizerSource, file)))
            .Select(file => (file, (ReadOnlyMemory<byte>)File.ReadAllBytes(Path.Combine(TokenizerSource, file))));

    private string TokenizerJson()
    {
        TokenizerOptions options = Tokenizer.Options;
        return new JsonObject
        {
            ["tokenizer_class"] = "BertTokenizer",
            ["do_lower_case"] = options.LowerCase,
            ["strip_accents"] = options.StripAccents,
            ["tokenize_chinese_chars"] = options.HandleChineseCharacters,
            ["unk_token"] = options.UnknownToken,
            ["cls_token"] = options.ClassifyToken,
            ["sep_token"] = options.SeparatorToken,
            ["pad_token"] = options.PadToken,
            ["mask_token"] = options.MaskToken,
        }.ToJsonString(s_readable) + "\n";
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
