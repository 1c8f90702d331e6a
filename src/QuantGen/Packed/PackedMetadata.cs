using System.Buffers;
using System.Text;
using System.Text.Json;
using QuantGen.Checkpoints;
using QuantGen.Specs;

namespace QuantGen.Packed;

/// <summary>The strings in a packed file's header.</summary>
internal static class PackedMetadata
{
    public const string Format = "quantgen";
    public const string FormatVersion = "3";
    public const string FormatKey = "format";
    public const string VersionKey = "format_version";
    public const string SpecKey = "spec";
    public const string SpecHashKey = "spec_sha256";
    public const string RecipeKey = "recipe";
    public const string SourceHashKey = "source_sha256";
    public const string LabelsKey = "labels";
    public const string TokenizerKey = "tokenizer";
    public const string ChecksumsKey = "checksums";

    /// <summary>A key that only sentence encoders have.</summary>
    public const string SentenceKey = "sentence";

    /// <summary>A key that only models have whose outputs go through another activation than is usual for their head.</summary>
    public const string ActivationKey = "output_activation";

    /// <summary>A key that only ensembles have.</summary>
    public const string EnsembleKey = "ensemble";

    private const int MaxLabelsLength = 1 << 20;
    private static readonly string[] s_keys =
        [FormatKey, VersionKey, SpecKey, SpecHashKey, RecipeKey, SourceHashKey, LabelsKey, TokenizerKey, ChecksumsKey, HeaderSeal.Key];

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Requires exactly the known keys, this format and version, and an unchanged header.</summary>
    public static void Verify(SafetensorsFile file)
    {
        IReadOnlyDictionary<string, string> metadata = file.Metadata;
        if (!metadata.TryGetValue(FormatKey, out string? format) || format != Format)
        {
            throw Defect(file, FormatKey, $"'{Format}'", Excerpt(format));
        }

        if (!metadata.TryGetValue(VersionKey, out string? version) || version != FormatVersion)
        {
            throw Defect(file, VersionKey, $"'{FormatVersion}', the one version this library reads",
                $"{Excerpt(version)}; make the file again with this version of quantgen");
        }

        foreach (string key in s_keys.Where(key => !metadata.ContainsKey(key)))
        {
            throw Defect(file, key, "a value", "none");
        }

        foreach (string key in metadata.Keys.Where(key => key is not (SentenceKey or ActivationKey or EnsembleKey) && Array.IndexOf(s_keys, key) < 0))
        {
            throw Defect(file, key, "only the keys of this format", "another key");
        }

        HeaderSeal.Verify(file.Name, file.Header);
        string source = metadata[SourceHashKey];
        if (source.Length != 64 || source.AsSpan().ContainsAnyExcept(s_hexDigits))
        {
            throw Defect(file, SourceHashKey, "64 lower-case hexadecimal digits", Excerpt(source));
        }
    }

    /// <summary>Reads the labels: one per output where the head has labels, none without a head.</summary>
    public static string[] ReadLabels(SafetensorsFile file, ModelSpec spec)
    {
        string json = file.Metadata[LabelsKey];
        if (json.Length > MaxLabelsLength)
        {
            throw Defect(file, LabelsKey, $"at most {MaxLabelsLength} characters", $"{json.Length}");
        }

        try
        {
            var labels = new List<string>(spec.OutputCount);
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { MaxDepth = 1 });
            bool isArray = reader.Read() && reader.TokenType == JsonTokenType.StartArray;
            while (isArray && reader.Read() && reader.TokenType == JsonTokenType.String && labels.Count <= spec.OutputCount)
            {
                labels.Add(reader.GetString()!);
            }

            // After the bracket the reader refuses anything but blanks.
            bool isWhole = reader.TokenType == JsonTokenType.EndArray && !reader.Read();
            bool mayBeEmpty = spec.Head is not (BertHead.SequenceClassification or BertHead.TokenClassification);
            return isWhole && (labels.Count == spec.OutputCount || (mayBeEmpty && labels.Count == 0))
                ? [.. labels]
                : throw Defect(file, LabelsKey, $"a JSON array of {spec.OutputCount} labels", Excerpt(json));
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            throw new ModelFormatException(file.Name, $"__metadata__ '{LabelsKey}'", $"a JSON array of {spec.OutputCount} labels", Excerpt(json), cause);
        }
    }

    /// <summary>Reads what the outputs go through.</summary>
    public static OutputActivation ReadActivation(SafetensorsFile file, ModelSpec spec) =>
        !file.Metadata.TryGetValue(ActivationKey, out string? name) ? OutputActivation.Usual
        : name != SpecNames.Of(OutputActivation.Sigmoid)
            ? throw Defect(file, ActivationKey, $"'{SpecNames.Of(OutputActivation.Sigmoid)}' or none", Excerpt(name))
        : spec.Head is BertHead.SequenceClassification or BertHead.Regression ? OutputActivation.Sigmoid
        : throw Defect(file, ActivationKey, $"none beside the head {SpecNames.Of(spec.Head)}", "one");

    /// <summary>Reads the checksum of each of the file's tensors; they are in the order of the tensors' bytes.</summary>
    public static byte[][] ReadChecksums(SafetensorsFile file)
    {
        string json = file.Metadata[ChecksumsKey];
        int index = 0;
        byte[][] checksums = new byte[file.Tensors.Count][];
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { MaxDepth = 1 });
            bool isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (isObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (index == checksums.Length || !reader.ValueTextEquals(file.Tensors[index].Name))
                {
                    throw Defect(file, ChecksumsKey, index == checksums.Length ? "the end" : $"'{file.Tensors[index].Name}'", "another tensor");
                }

                checksums[index] = new byte[TensorChecksum.Length];
                if (!reader.Read() || reader.TokenType != JsonTokenType.String
                    || Convert.FromHexString(reader.ValueSpan, checksums[index], out int read, out int written) != OperationStatus.Done
                    || read != 2 * TensorChecksum.Length || written != TensorChecksum.Length)
                {
                    throw Defect(file, ChecksumsKey, $"{2 * TensorChecksum.Length} hexadecimal digits for '{file.Tensors[index].Name}'", "something else");
                }

                index++;
            }

            // After the brace the reader refuses anything but blanks.
            return reader.TokenType == JsonTokenType.EndObject && !reader.Read() && index == checksums.Length
                ? checksums
                : throw Defect(file, ChecksumsKey, "a JSON object with the checksum of every tensor", $"{index} of {checksums.Length}");
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            throw new ModelFormatException(file.Name, $"__metadata__ '{ChecksumsKey}'", "a JSON object", cause.Message, cause);
        }
    }

    /// <summary>Makes the exception for a value that is not what it should be.</summary>
    public static ModelFormatException Defect(SafetensorsFile file, string key, string expected, string found)
        => new(file.Name, $"__metadata__ '{key}'", expected, found);

    private static string Excerpt(string? text) => text is null ? "none" : text.Length <= 80 ? $"'{text}'" : $"'{text[..80]}...'";
}
