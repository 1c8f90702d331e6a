using System.Reflection;
using System.Security;
using QuantGen.Execution;

namespace QuantGen.Cli.Compilation;

/// <summary>Writes the project that makes a model's assembly, for those who want to build or read it themselves.</summary>
internal static class ModelProject
{
    private const string GeneratedFolder = "generated";

    /// <summary>Writes the project and what the generator makes of it.</summary>
    /// <param name="directory">The folder, made if it is not there.</param>
    /// <param name="name">The name of class, project and files.</param>
    /// <param name="source">The model as a user would write it.</param>
    /// <param name="compiled">What the generator made.</param>
    /// <param name="packedFile">The packed file, relative to the folder.</param>
    /// <returns>The files written.</returns>
    public static IReadOnlyList<string> Write(string directory, string name, ModelClass source, CompiledModel compiled, string packedFile)
    {
        var files = new List<(string Name, string Text)>
        {
            (name + ".csproj", Project(source.SpecName, packedFile)),
            (name + ".cs", source.ClassText),
            (source.SpecName, source.SpecText),
        };
        files.AddRange(compiled.Sources.Select(file => (Path.Combine(GeneratedFolder, file.Key), file.Value)));
        DirectoryInfo generated = Directory.CreateDirectory(Path.Combine(directory, GeneratedFolder));

        // What an earlier build of another model left there would mislead a reader.
        foreach (FileInfo stale in generated.EnumerateFiles("*.g.cs"))
        {
            stale.Delete();
        }

        foreach ((string file, string text) in files)
        {
            File.WriteAllText(Path.Combine(directory, file), text);
        }

        return [.. files.Select(file => Path.Combine(directory, file.Name))];
    }

    private static string Project(string specFile, string packedFile)
    {
        string version = typeof(InferenceSession).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        string packed = SecurityElement.Escape(packedFile);
        return $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="QuantGen" Version="{version}" />
              </ItemGroup>
              <ItemGroup>
                <AdditionalFiles Include="{specFile}" />
                <None Include="{packed}" CopyToOutputDirectory="PreserveNewest" />
                <!-- For reading: the compiler makes these files itself. -->
                <Compile Remove="{GeneratedFolder}/**" />
              </ItemGroup>
            </Project>

            """.Replace("\r\n", "\n");
    }
}
