using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace QuantGen.Cli.Jobs;

/// <summary>What stands in a folder's <c>jobs.json</c>.</summary>
/// <param name="Tool">The version of the tool that made the jobs, which must be the one that does them.</param>
/// <param name="Step">The step of the recipe whose jobs they are.</param>
/// <param name="Jobs">How many there are.</param>
/// <param name="StateSha256">The SHA-256 of the state that they begin with.</param>
/// <param name="Arguments">The command line.</param>
internal sealed record JobManifest(string Tool, string Step, int Jobs, string StateSha256, IReadOnlyList<JobArgument> Arguments)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Gets the version of this tool.</summary>
    public static string Version { get; } =
        typeof(JobManifest).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Gets the file's text.</summary>
    public string Write() => JsonSerializer.Serialize(this, s_json) + "\n";

    /// <summary>Reads the file.</summary>
    /// <exception cref="ModelFormatException">It is not what it should be, or was made by another version.</exception>
    public static JobManifest Read(string path)
    {
        JobManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<JobManifest>(File.ReadAllText(path), s_json)
                ?? throw new ModelFormatException(path, string.Empty, "an object", "null");
        }
        catch (JsonException error)
        {
            throw new ModelFormatException(path, string.Empty, "a description of jobs", error.Message, error);
        }

        return manifest.Tool == Version ? manifest : throw new ModelFormatException(path, "tool", $"'{Version}', this version", $"'{manifest.Tool}'");
    }
}
