using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QuantGen.Graph;
using QuantGen.Tasks;
using QuantGen.Tokenization;

namespace QuantGen.Sentences;

/// <summary>The JSON form of a <see cref="SentenceEncoding"/> in a packed file's header: known keys only; what says nothing is left out.</summary>
internal static class SentenceJson
{
    private const string Pooling = "pooling";
    private const string Layers = "layers";
    private const string Inputs = "inputs";
    private const string Outputs = "outputs";
    private const string Activation = "activation";
    private const string Bias = "bias";
    private const string Normalize = "normalize";
    private const string MaxLength = "max_length";
    private const string LowerCase = "lower_case";
    private const string Prompts = "prompts";
    private const string DefaultPrompt = "default_prompt";
    private const string IncludePrompt = "include_prompt";
    private static readonly JsonWriterOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a description on one line.</summary>
    public static string Write(SentenceEncoding encoding)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_compact))
        {
            json.WriteStartObject();
            json.WriteStartArray(Pooling);
            foreach (EmbeddingPooling mode in Pooler.ModesOf(encoding.Pooling))
            {
                json.WriteStringValue(SentenceNames.Of(mode));
            }

            json.WriteEndArray();
            WriteLayers(json, encoding);
            json.WriteBoolean(Normalize, encoding.Normalize);
            if (encoding.MaxLength is int length)
            {
                json.WriteNumber(MaxLength, length);
            }

            if (encoding.LowerCase)
            {
                json.WriteBoolean(LowerCase, true);
            }

            WritePrompts(json, encoding);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Reads a description.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">The file it is from, for messages.</param>
    /// <exception cref="ModelFormatException">The text is not what <see cref="Write"/> writes.</exception>
    public static SentenceEncoding Read(string json, string file)
    {
        JsonPlace root = JsonPlace.Parse(Encoding.UTF8.GetBytes(json), file);
        Known(root, Pooling, Layers, Normalize, MaxLength, LowerCase, Prompts, DefaultPrompt, IncludePrompt);
        EmbeddingPooling pooling = 0;
        foreach (JsonPlace mode in root.Get(Pooling).AsArray())
        {
            pooling |= SentenceNames.Mode(mode.AsString()) ?? throw mode.Wrong($"one of {SentenceNames.AllModes}", $"'{mode.AsString()}'");
        }

        return new SentenceEncoding
        {
            Pooling = pooling,
            Layers = new EquatableArray<SentenceLayer>(root.Find(Layers)?.AsArray().Take(SentenceEncoding.MostLayers + 1).Select(Layer) ?? []),
            Normalize = root.Get(Normalize).AsBoolean(),
            MaxLength = root.Find(MaxLength) is JsonPlace length ? Count(length, SentenceEncoding.LongestText) : null,
            LowerCase = root.Find(LowerCase)?.AsBoolean() ?? false,
            Prompts = new EquatableArray<SentencePrompt>(
                root.Find(Prompts)?.AsPairs().Select(pair => new SentencePrompt(pair.Key, pair.Value.AsString())) ?? []),
            DefaultPrompt = root.Find(DefaultPrompt)?.AsString(),
            IncludesPrompt = root.Find(IncludePrompt)?.AsBoolean() ?? true,
        };
    }

    private static void WriteLayers(Utf8JsonWriter json, SentenceEncoding encoding)
    {
        if (encoding.Layers.Count == 0)
        {
            return;
        }

        json.WriteStartArray(Layers);
        foreach (SentenceLayer layer in encoding.Layers)
        {
            json.WriteStartObject();
            json.WriteNumber(Inputs, layer.Inputs);
            json.WriteNumber(Outputs, layer.Outputs);
            if (layer.Activation is HiddenActivation function)
            {
                json.WriteString(Activation, SentenceNames.Of(function));
            }

            json.WriteBoolean(Bias, layer.HasBias);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePrompts(Utf8JsonWriter json, SentenceEncoding encoding)
    {
        if (encoding.Prompts.Count > 0)
        {
            json.WriteStartObject(Prompts);
            foreach (SentencePrompt prompt in encoding.Prompts)
            {
                json.WriteString(prompt.Name, prompt.Text);
            }

            json.WriteEndObject();
        }

        if (encoding.DefaultPrompt is string name)
        {
            json.WriteString(DefaultPrompt, name);
        }

        if (!encoding.IncludesPrompt)
        {
            json.WriteBoolean(IncludePrompt, false);
        }
    }

    private static SentenceLayer Layer(JsonPlace place)
    {
        Known(place, Inputs, Outputs, Activation, Bias);
        HiddenActivation? function = place.Find(Activation) is JsonPlace name
            ? SentenceNames.Activation(name.AsString()) ?? throw name.Wrong("an activation", $"'{name.AsString()}'")
            : null;
        return new SentenceLayer(
            Count(place.Get(Inputs), int.MaxValue), Count(place.Get(Outputs), SentenceEncoding.LargestSize), function, place.Get(Bias).AsBoolean());
    }

    private static int Count(JsonPlace place, int most) =>
        place.AsCount() is int count && count >= 1 && count <= most ? count : throw place.Wrong($"a whole number from 1 to {most}", $"{place.AsCount()}");

    private static void Known(JsonPlace place, params string[] keys)
    {
        foreach ((string key, JsonPlace value) in place.AsPairs())
        {
            if (Array.IndexOf(keys, key) < 0)
            {
                throw value.Wrong(string.Join(", ", keys), "another key");
            }
        }
    }
}
