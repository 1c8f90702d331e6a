using QuantGen.Checkpoints;
using QuantGen.Sentences;
using QuantGen.Specs;

namespace QuantGen.Packed;

/// <summary>Reads the descriptions in a packed file: that of the model, and that of how its codes were found.</summary>
internal static class SpecText
{
    // Parsing takes a multiple of the text, so a description may not be larger than its file warrants. A genuine one is
    // short, or each value stands for many bytes elsewhere, even when the model is as narrow as models can be.
    private const int FreeLength = 1 << 16;
    private const int FreeValues = 1 << 12;

    /// <summary>Parses the description once its hash is right and its size in proportion.</summary>
    public static ModelSpec Read(SafetensorsFile file)
    {
        string json = file.Metadata[PackedMetadata.SpecKey];
        if (SpecJson.Sha256(json) != file.Metadata[PackedMetadata.SpecHashKey])
        {
            throw PackedMetadata.Defect(file, PackedMetadata.SpecHashKey, "the SHA-256 of 'spec'", "another");
        }

        return Parse(file, PackedMetadata.SpecKey, "the canonical JSON of a legal model", SpecJson.Read);
    }

    /// <summary>Parses how the codes were found.</summary>
    public static Recipe ReadRecipe(SafetensorsFile file) => Parse(file, PackedMetadata.RecipeKey, "the JSON of a recipe", RecipeJson.Read);

    /// <summary>Parses how a sentence encoder makes vectors; null where the file says nothing.</summary>
    public static SentenceEncoding? ReadSentence(SafetensorsFile file, ModelSpec spec)
    {
        const string Key = PackedMetadata.SentenceKey;
        if (!file.Metadata.ContainsKey(Key))
        {
            return null;
        }

        if (spec.Head is not (BertHead.Encoder or BertHead.Embedding))
        {
            throw PackedMetadata.Defect(file, Key, $"none beside the head {SpecNames.Of(spec.Head)}", "one");
        }

        string place = $"{file.Name}: __metadata__ '{Key}'";
        SentenceEncoding sentence = Parse(file, Key, "the JSON of a sentence encoder", json => SentenceJson.Read(json, place));
        return sentence.Defect(spec.Dimensions.HiddenSize) is (string expected, string found)
            ? throw PackedMetadata.Defect(file, Key, expected, found)
            : sentence;
    }

    /// <summary>Parses an ensemble; null for a model alone.</summary>
    public static EnsembleSpec? ReadEnsemble(SafetensorsFile file, ModelSpec spec)
    {
        const string Key = PackedMetadata.EnsembleKey;
        if (!file.Metadata.ContainsKey(Key))
        {
            return null;
        }

        EnsembleSpec ensemble = Parse(file, Key, "the JSON of an ensemble", json => EnsembleJson.Read(json, spec));
        string text = EnsembleJson.Write(ensemble);
        return text == file.Metadata[Key] ? ensemble : throw PackedMetadata.Defect(file, Key, text, "another text for it");
    }

    private static T Parse<T>(SafetensorsFile file, string key, string expected, Func<string, T> parse)
    {
        string json = file.Metadata[key];
        int values = json.AsSpan().Count(',') + json.AsSpan().Count('{') + json.AsSpan().Count('[');
        if (json.Length > FreeLength + (file.FileLength / 4) || values > FreeValues + (file.FileLength / 64))
        {
            throw PackedMetadata.Defect(file, key, $"a description in proportion to {file.FileLength} bytes", $"{json.Length} characters and {values} values");
        }

        try
        {
            return parse(json);
        }
        catch (FormatException cause)
        {
            throw new ModelFormatException(file.Name, $"__metadata__ '{key}'", expected, cause.Message, cause);
        }
    }
}
