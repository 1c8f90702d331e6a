using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using QuantGen.Cli.Engines;

namespace QuantGen.Cli.Tests.Engines;

/// <summary>The engine that needs TorchSharp is in a build only when the build was asked for it, and nothing else refers to TorchSharp.</summary>
public sealed class TorchSharpReferenceTests
{
    [Fact]
    public void No_other_project_references_TorchSharp()
    {
        string[] files = [.. TorchSharpMention.BuildFiles(SharedFiles.Root)];
        Assert.All(
            ["QuantGen.sln", "Directory.Build.targets", "Directory.Solution.targets", "QuantGen.csproj", "QuantGen.Cli.csproj"],
            name => Assert.Contains(files, file => Path.GetFileName(file) == name));
        Assert.All(files, file => Assert.Empty(TorchSharpMention.Offences(file)));
    }

    [Theory]
    [InlineData("<ItemGroup><PackageReference Include=\"TorchSharp-cpu\" Version=\"1\" /></ItemGroup>")]
    [InlineData("<ItemGroup Condition=\"'$(QuantGenTorchSharp)' == 'true'\"><PackageReference Include=\"TorchSharp-cpu\" /></ItemGroup>")]
    [InlineData("<ItemGroup><PackageReference Include=\"libtorch-cpu-linux-x64\" Condition=\"'$(OS)' == 'Unix'\" /></ItemGroup>")]
    [InlineData("<ItemGroup><ProjectReference Include=\"../QuantGen.TorchSharp/QuantGen.TorchSharp.csproj\" /></ItemGroup>")]
    [
        InlineData(
            "<ItemGroup Condition=\"'$(QuantGenTorchSharp)' != 'false'\"><ProjectReference " +
                "Include=\"../QuantGen.TorchSharp/QuantGen.TorchSharp.csproj\" /></ItemGroup>"),
    ]
    [InlineData("<ItemGroup><Reference Include=\"Torch\"><HintPath>lib/TorchSharp.dll</HintPath></Reference></ItemGroup>")]
    [InlineData("<Import Project=\"../QuantGen.TorchSharp/TorchSharp.props\" />")]
    [InlineData("<PropertyGroup><Extra>torchsharp</Extra></PropertyGroup>")]
    public void Reference_outside_the_switch_is_found(string xml) => Assert.Single(TorchSharpMention.Offences(XDocument.Parse($"<Project>{xml}</Project>")));

    [Theory]
    [
        InlineData(
            "<ItemGroup Condition=\"'$(QuantGenTorchSharp)' == 'true'\"><ProjectReference Include=\"../QuantGen.TorchSharp/QuantGen.TorchSharp.csproj\" " +
                "PrivateAssets=\"all\" /></ItemGroup>"),
    ]
    [InlineData("<ItemGroup><InternalsVisibleTo Include=\"QuantGen.TorchSharp\" /></ItemGroup>")]
    [InlineData("<PropertyGroup Condition=\"'$(QuantGenTorchSharp)' == 'true'\"><A>true</A></PropertyGroup>")]
    public void What_the_switch_brings_is_legal(string xml) => Assert.Empty(TorchSharpMention.Offences(XDocument.Parse($"<Project>{xml}</Project>")));

    [Fact]
    public void No_other_assembly_references_TorchSharp()
    {
        var references = Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll")
            .Select(file => (Name: Path.GetFileNameWithoutExtension(file), References: References(file))).ToList();
        Assert.Contains("QuantGen.Training", references.Single(file => file.Name == "QuantGen.Cli").References);

        // Whether or not this build has the engine: who references what of it.
        Assert.DoesNotContain(references, file => file.Name != TorchSharpMention.Engine && file.References.Contains(TorchSharpMention.Package));
        string[] users = [.. references.Where(file => file.References.Contains(TorchSharpMention.Engine)).Select(file => file.Name)];
        Assert.Equal(TrainingEngines.Present.Contains(TrainingEngines.Torch) ? ["QuantGen.Cli"] : [], users);
    }

    private static string[] References(string file)
    {
        using var image = new PEReader(File.OpenRead(file));
        if (!image.HasMetadata)
        {
            return [];
        }

        MetadataReader metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
