using System.Text.Json;
using System.Xml.Linq;
using QuantGen.Cli.Conventions;

namespace QuantGen.Cli.Tests;

public sealed class LandscapeTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Fact]
    public void Surfaces_meet_the_models_losses_and_do_not_depend_on_threads()
    {
        string output = files.File("landscape.svg");
        string[] common = ["landscape", files.Checkpoint, "--data", files.Data, "-o", output, "--points", "3", "--samples", "12", "--iterations", "3"];
        JsonElement one = Tool.Json([.. common, "--threads", "1"]);
        string picture = File.ReadAllText(output);
        JsonElement two = Tool.Json([.. common, "--threads", "2"]);
        Assert.Equal(one.GetProperty("surfaces").ToString(), two.GetProperty("surfaces").ToString());
        Assert.Equal(picture, File.ReadAllText(output));
        Assert.Equal(3 * 4, XDocument.Parse(picture).Descendants().Count(element => element.Name.LocalName == "polygon"));
        JsonElement[] surfaces = [.. one.GetProperty("surfaces").EnumerateArray()];
        Assert.Equal([32, 2, 1], surfaces.Select(surface => surface.GetProperty("bits").GetInt32()));
        foreach (JsonElement surface in surfaces)
        {
            Assert.Equal([-1, 0, 1], surface.GetProperty("shares").EnumerateArray().Select(share => share.GetDouble()));
            Assert.Equal(surface.GetProperty("loss").GetDouble(), surface.GetProperty("losses")[1][1].GetDouble());
            Assert.Equal(6, surface.GetProperty("eigenvalues").EnumerateObject().Count());
        }

        // What is rounded in other ways answers in other ways.
        Assert.Equal(3, surfaces.Select(surface => surface.GetProperty("loss").GetDouble()).Distinct().Count());
    }

    [Theory]
    [InlineData("--points takes an odd number", "--points", "4")]
    [InlineData("Argument '9' not recognized", "--bits", "9")]
    public void Misuse_is_one_line(string message, params string[] options)
    {
        ToolResult result = Tool.Run(["landscape", files.Checkpoint, "--data", files.Data, "-o", files.File("none.svg"), .. options]);
        Assert.Equal(ExitCode.Misuse, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }
}
