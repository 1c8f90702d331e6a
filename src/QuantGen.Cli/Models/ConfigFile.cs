using QuantGen.Architectures;
using QuantGen.Graph;

namespace QuantGen.Cli.Models;

/// <summary>Reads a <c>config.json</c>.</summary>
internal static class ConfigFile
{
    public static ModelConfig Read(string path) => Parse(File.ReadAllText(path), path);

    /// <exception cref="InvalidDataException">The text is not a configuration whose code can be generated.</exception>
    public static ModelConfig Parse(string json, string path)
    {
        var issues = new List<SpecIssue>();
        return ModelConfigReader.Read(json, path, issues) ?? throw new InvalidDataException(string.Join("; ", issues.Select(issue => issue.Message)));
    }
}
