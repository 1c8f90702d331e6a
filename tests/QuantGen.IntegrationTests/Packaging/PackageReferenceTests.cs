using System.IO.Compression;
using System.Xml.Linq;
using QuantGen.Tests.Checkpoints;

namespace QuantGen.IntegrationTests.Packaging;

/// <summary>Packages of one version ask for each other exactly. Needs the SDK.</summary>
[Trait("Category", "Packaging")]
public sealed class PackageReferenceTests
{
    [Fact]
    public void Training_asks_for_exactly_its_own_version_of_the_runtime()
    {
        const string Version = "0.0.2-test";
        using var feed = new TemporaryFolder();
        DotNet.Run(DotNet.Root, "pack", Path.Combine("src", "QuantGen.Training"), "-c", DotNet.Configuration, "--no-build", "-v", "q", "-o", feed.Path,
            "-p:Version=" + Version);

        using ZipArchive package = ZipFile.OpenRead(Path.Combine(feed.Path, $"QuantGen.Training.{Version}.nupkg"));
        using Stream manifest = package.GetEntry("QuantGen.Training.nuspec")!.Open();
        XElement dependency = Assert.Single(XDocument.Load(manifest).Descendants(), element => element.Name.LocalName == "dependency");
        Assert.Equal(("QuantGen", $"[{Version}]"), ((string)dependency.Attribute("id")!, (string)dependency.Attribute("version")!));
    }
}
