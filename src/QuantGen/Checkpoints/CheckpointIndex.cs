using System.Text.Json;
using QuantGen.Files;

namespace QuantGen.Checkpoints;

/// <summary>Reads <c>model.safetensors.index.json</c> or <c>pytorch_model.bin.index.json</c>, which says in which shard each tensor is.</summary>
internal static class CheckpointIndex
{
    /// <summary>What the name of an index adds to that of the single file which it stands for.</summary>
    public const string Ending = ".index.json";
    private const long MaxLength = 100_000_000;

    /// <summary>Returns the shard of every tensor, by the names of the file.</summary>
    public static Dictionary<string, string> Read(string path)
    {
        using var bytes = new FileBytes(path);
        if (bytes.Length > MaxLength)
        {
            throw new ModelFormatException(path, "", $"at most {MaxLength} bytes", $"{bytes.Length}");
        }

        FoundBytes.Require(bytes.Slice(0, (int)Math.Min(bytes.Length, FoundBytes.Length)), path, "JSON in UTF-8");

        // Shards have the ending of the single file: .safetensors or .bin.
        string shards = Path.GetExtension(path[..^Ending.Length]);
        try
        {
            return Parse(path, shards, bytes.Slice(0, (int)bytes.Length));
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            throw new ModelFormatException(path, "", "a JSON object with a weight_map", $"invalid JSON: {cause.Message}", cause);
        }
    }

    private static Dictionary<string, string> Parse(string path, string shards, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ModelFormatException(path, "", "a JSON object with a weight_map", $"a JSON {reader.TokenType}");
        }

        Dictionary<string, string>? map = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("weight_map"u8))
            {
                reader.Skip();
                continue;
            }

            map = map is null ? ParseMap(path, shards, ref reader) : throw new ModelFormatException(path, "weight_map", "one", "two");
        }

        // Reading on makes the reader refuse anything after the closing brace.
        reader.Read();
        return map is { Count: > 0 } ? map : throw new ModelFormatException(path, "weight_map", "the shard of every tensor", "none");
    }

    private static Dictionary<string, string> ParseMap(string path, string shards, ref Utf8JsonReader reader)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ModelFormatException(path, "weight_map", "a JSON object", $"a JSON {reader.TokenType}");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string tensor = reader.GetString()!;
            string place = $"weight_map '{tensor}'";
            if (!reader.Read() || reader.TokenType != JsonTokenType.String)
            {
                throw new ModelFormatException(path, place, "a file name", $"a JSON {reader.TokenType}");
            }

            string shard = reader.GetString()!;
            if (!IsPlainFileName(shard, shards))
            {
                throw new ModelFormatException(path, place, $"the name of a {shards} file beside the index", $"'{shard}'");
            }

            if (!map.TryAdd(tensor, shard))
            {
                throw new ModelFormatException(path, place, "one shard per tensor", "the tensor twice");
            }
        }

        return map;
    }

    // An index must not be able to make us open files elsewhere.
    private static bool IsPlainFileName(string name, string ending)
        => name.EndsWith(ending, StringComparison.Ordinal) && name.IndexOfAny(['/', '\\', ':', '\0']) < 0;
}
