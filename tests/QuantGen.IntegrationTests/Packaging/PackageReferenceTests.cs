using System.IO.Compression;
using System.Xml.Linq;
using QuantGen.Tests.Checkpoints;

namespace QuantGen.IntegrationTests.Packaging;

/// <summary>Packages of one version ask for each other exactly. Needs the SDK.</summary>
[Trait("Category", "Packaging")]
public sealed class PackageReferenceTests
{
    [Theory]
    [InlineData("QuantGen.Training")]
    [InlineData("QuantGen.Extensions.AI")]
    public void Packages_ask_for_exactly_their_own_version_of_the_runtime(string name)
    {
        const string Version = "0.0.2-test";
        using var feed = new TemporaryFolder();
        string project = Path.Combine("src", name);
        DotNet.Run(DotNet.Root, "pack", project, "-c", DotNet.Configuration, "--no-build", "-v", "q", "-o", feed.Path, "-p:Version=" + Version);

        using ZipArchive package = ZipFile.OpenRead(Path.Combine(feed.Path, $"{name}.{Version}.nupkg"));
        using Stream manifest = package.GetEntry(name + ".nuspec")!.Open();
        XElement dependency = Assert.Single(
            XDocument.Load(manifest).Descendants(),
            element => element.Name.LocalName == "dependency" && ((string)element.Attribute("id")!).StartsWith("QuantGen", StringComparison.Ordinal));
        Assert.Equal(("QuantGen", $"[{Version}]"), ((string)dependency.Attribute("id")!, (string)dependency.Attribute("version")!));
    }
}
