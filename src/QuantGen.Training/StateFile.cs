using System.Text.Json;
using QuantGen.Checkpoints;

namespace QuantGen.Training;

/// <summary>Reads what stands in the header of a file that interrupted work continues from.</summary>
internal static class StateFile
{
    /// <summary>Refuses a file of another kind or version.</summary>
    /// <exception cref="ModelFormatException">The header does not name the version.</exception>
    public static void RequireFormat(SafetensorsFile file, string key, string version)
    {
        string? found = file.Metadata.GetValueOrDefault(key);
        if (found != version)
        {
            throw new ModelFormatException(file.Name, key, $"'{version}'", found is null ? "none" : $"'{found}'");
        }
    }

    /// <summary>Refuses the state of other work, and names the first thing that differs.</summary>
    /// <param name="name">The file.</param>
    /// <param name="work">What was interrupted, as messages name it.</param>
    /// <param name="found">What the state depends on.</param>
    /// <param name="wanted">What the work that shall continue depends on.</param>
    /// <exception cref="ModelFormatException">They differ.</exception>
    public static void RequireIdentity(string name, string work, Dictionary<string, string> found, IReadOnlyDictionary<string, string> wanted)
    {
        foreach (string key in wanted.Keys.Union(found.Keys).Order(StringComparer.Ordinal))
        {
            (string? before, string? now) = (found.GetValueOrDefault(key), wanted.GetValueOrDefault(key));
            if (before != now)
            {
                throw new ModelFormatException(name, $"'{key}' of an interrupted {work}", now ?? "none", before ?? "none");
            }
        }
    }

    /// <summary>Reads an entry of the header.</summary>
    /// <exception cref="ModelFormatException">There is none, or it is no JSON of its type.</exception>
    public static T Read<T>(SafetensorsFile file, string key, JsonSerializerOptions? options = null)
    {
        try
        {
            string text = file.Metadata.GetValueOrDefault(key) ?? throw new ModelFormatException(file.Name, key, "an entry", "none");
            return JsonSerializer.Deserialize<T>(text, options) ?? throw new ModelFormatException(file.Name, key, "an object", "null");
        }
        catch (JsonException error)
        {
            throw new ModelFormatException(file.Name, key, "JSON", error.Message, error);
        }
    }
}
