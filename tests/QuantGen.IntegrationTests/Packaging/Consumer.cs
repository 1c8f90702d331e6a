using QuantGen.Tests.Checkpoints;

namespace QuantGen.IntegrationTests.Packaging;

/// <summary>A project outside the repository that knows QuantGen only as a package, with a package cache of its own.</summary>
internal sealed class Consumer : IDisposable
{
    private const string Version = "0.0.1-test";
    private readonly TemporaryFolder _folder = new();

    public Consumer()
    {
        string feed = Path.Combine(_folder.Path, "feed");
        DotNet.Run(
            DotNet.Root, "pack", Path.Combine("src", "QuantGen"), "-c", DotNet.Configuration, "--no-build", "-v", "q", "-o", feed, "-p:Version=" + Version);
        Package = Path.Combine(feed, $"QuantGen.{Version}.nupkg");

        // Blanks, parentheses and quotes are legal in paths, and builds stumble over them.
        Folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "user's app (1)")).FullName;
        string models = Path.Combine(DotNet.Root, "tests", "QuantGen.TestModels");
        File.Copy(Path.Combine(models, "bert.json"), Path.Combine(Folder, "bert.json"));
        Write("Bert2.cs", "using QuantGen;\n" + File.ReadAllText(Path.Combine(models, "Models", "Bert2.cs")));
        Write("App.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <QuantGenSnapshots>snapshots</QuantGenSnapshots>
                <RestorePackagesPath>$(MSBuildProjectDirectory)/../packages</RestorePackagesPath>
                <RestoreAdditionalProjectSources>$(MSBuildProjectDirectory)/../feed</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="QuantGen" Version="{Version}" />
                <AdditionalFiles Include="bert.json" />
              </ItemGroup>
            </Project>
            """);
        Write("Program.cs", """
            using QuantGen.TestModels.Models;

            using Bert2 model = Bert2.Load(args[0]);
            float[] outputs = new float[1];
            model.Session.Run([2, 7, 11, 3], new byte[4], [4], outputs);
            Console.WriteLine(BitConverter.SingleToInt32Bits(outputs[0]));
            """);
    }

    /// <summary>Gets the path of the package.</summary>
    public string Package { get; }

    /// <summary>Gets the project's folder.</summary>
    public string Folder { get; }

    /// <summary>Gets the names of the snapshots, in order.</summary>
    public IEnumerable<string> Snapshots =>
        Directory.EnumerateFiles(Path.Combine(Folder, "snapshots")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    public string Snapshot(string name) => Path.Combine(Folder, "snapshots", name);

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    /// <summary>Builds; on a build server when asked.</summary>
    public (int ExitCode, string Output) Build(bool isContinuousIntegration = false) =>
        DotNet.Try(Folder, "build", "-v", "q", "--nologo", "-p:ContinuousIntegrationBuild=" + (isContinuousIntegration ? "true" : "false"));

    public void Dispose() => _folder.Dispose();
}
