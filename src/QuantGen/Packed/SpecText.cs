using QuantGen.Checkpoints;
using QuantGen.Specs;

namespace QuantGen.Packed;

/// <summary>Reads the model description of a packed file.</summary>
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

        int values = json.AsSpan().Count(',') + json.AsSpan().Count('{') + json.AsSpan().Count('[');
        if (json.Length > FreeLength + (file.FileLength / 4) || values > FreeValues + (file.FileLength / 64))
        {
            throw PackedMetadata.Defect(
                file, PackedMetadata.SpecKey, $"a description in proportion to {file.FileLength} bytes", $"{json.Length} characters and {values} values");
        }

        try
        {
            return SpecJson.Read(json);
        }
        catch (FormatException cause)
        {
            throw new ModelFormatException(file.Name, $"__metadata__ '{PackedMetadata.SpecKey}'", "the canonical JSON of a legal model", cause.Message, cause);
        }
    }
}
