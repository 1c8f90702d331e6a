using System.Text.Json;
using System.Text.RegularExpressions;
using QuantGen.Cli.Measuring;
using QuantGen.Peers.Graphs;
using QuantGen.Peers.Racing;
using QuantGen.Peers.Reporting;

namespace QuantGen.Peers.Tests;

/// <summary>Tables, charts and file names.</summary>
public class ReportTests
{
    [Fact]
    public void Row_says_whether_its_target_is_met()
    {
        string[] lines = [.. RaceText.Results([Result(0.5, 0.62), Result(0.7, 0.62), Result(0.7, null)]).Split('\n').Skip(2)];
        Assert.Equal(["met", "missed", ""], lines.Select(line => line.Split('|')[^2].Trim()));
        Assert.Contains("25.00 (22.50-27.50) | int8 | 50.00 (45.00-55.00) | 0.500 | 0.62", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Target_can_be_a_time()
    {
        RaceResult result = Result(0.5, 24);
        result = result with { Row = result.Row with { Targets = new Targets(24, 24, IsTime: true) } };
        Assert.EndsWith("| 0.500 | 24.00 ms | missed |", RaceText.Results([result]), StringComparison.Ordinal);
        Assert.DoesNotContain("stroke-width=\"2\"", RaceChart.Draw([result]), StringComparison.Ordinal);
    }

    [Fact]
    public void Times_that_were_disturbed_are_marked()
    {
        RaceResult disturbed = Result(0.5, null) with { Ours = new TimeSummary(25, 20, 26, 15) };
        Assert.Contains("25.00 (20.00-26.00) ~ |", RaceText.Results([disturbed]), StringComparison.Ordinal);
        Assert.Single(RaceText.Notes(Report(disturbed)));
        Assert.Empty(RaceText.Notes(Report(Result(0.5, null))));
    }

    [Fact]
    public void Chart_has_a_bar_for_each_row_and_a_tick_for_each_target()
    {
        string svg = RaceChart.Draw([Result(0.5, 0.62), Result(3, null)]);
        Assert.Equal(2, Regex.Count(svg, "<rect x=\"270\""));
        Assert.Equal(1, Regex.Count(svg, "stroke-width=\"2\""));
        Assert.Contains(">3.00<", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_lists_opponents_checks_and_verification()
    {
        string text = RaceText.Write(Report(Result(0.5, 0.62)), "peers.svg");
        Assert.Contains("![ratios](peers.svg)", text, StringComparison.Ordinal);
        Assert.Contains($"| {Recipes.Exact} | 44.68 | 1.000 |", text, StringComparison.Ordinal);
        Assert.Contains("cosine 0.5200 with the hidden states of the exact graph, 0.9990 with those of", text, StringComparison.Ordinal);
        Assert.Contains("trained checkpoint, 20 texts", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_keeps_every_time()
    {
        using JsonDocument json = JsonDocument.Parse(RaceFiles.Json(Report(Result(0.5, 0.62))));
        JsonElement result = json.RootElement.GetProperty("results")[0];
        Assert.Equal([24, 26], result.GetProperty("our_times").EnumerateArray().Select(time => time.GetDouble()));
        Assert.Equal(0.62, result.GetProperty("target").GetDouble());
        Assert.Equal("int8", result.GetProperty("row").GetProperty("peer").GetString());
    }

    [Fact]
    public void Files_are_replaced_as_the_race_goes_on()
    {
        using var folder = new QuantGen.Tests.Checkpoints.TemporaryFolder();
        var files = new RaceFiles(folder.Path);
        files.Save(Report(Result(0.5, 0.62)));
        files.Save(Report(Result(0.5, 0.62), Result(0.7, null)));
        string name = "peers." + CpuKind.Current.FileName;
        Assert.Equal([name + ".json", name + ".md", name + ".svg"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("| 0.700 |", File.ReadAllText(files.Name + ".md"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_race_of_some_groups_keeps_the_rows_of_the_others()
    {
        using var folder = new QuantGen.Tests.Checkpoints.TemporaryFolder();
        var files = new RaceFiles(folder.Path);
        RaceResult Of(string name, double ratio) => Result(ratio, null) with { Row = Result(ratio, null).Row with { Name = name }, Measured = "today, abc" };
        Assert.Null(files.Read());
        files.Save(Report(Of("base-128", 0.5), Of("base-16", 0.25), Of("query", 0.75)) with { Notes = ["query, W2: slow.", "base-16, W1: quick."] });

        RaceReport former = files.Read()!;
        RaceReport joined = (Report(Of("query", 0.45), Of("base-512", 0.6)) with { Notes = ["query, W2: quick."] }).Beside(former, ["query", "base-512"]);
        Assert.Equal(["base-128", "base-512", "base-16", "query"], joined.Results.Select(result => result.Row.Name));
        Assert.Equal([0.5, 0.6, 0.25, 0.45], joined.Results.Select(result => Math.Round(result.Ratio, 6)));
        Assert.Equal(["base-16, W1: quick.", "query, W2: quick."], joined.Notes);
        Assert.Equal(former.Results[0].OurTimes, joined.Results[0].OurTimes);
        Assert.Contains("- base-16 was measured until today, abc\n", RaceText.Write(joined, "peers.svg"), StringComparison.Ordinal);

        Assert.Single((Report(Of("query", 0.45)) with { Settings = new RaceOptions { Runs = 5 } }).Beside(former, ["query"]).Results);
        File.WriteAllText(files.Name + ".json", "{ \"rows\": [] }");
        Assert.Null(files.Read());
    }

    [Theory]
    [InlineData("AMD EPYC", "AuthenticAMD", 25, "fpu avx2 avx512f", "amd-zen4")]
    [InlineData("AMD EPYC", "AuthenticAMD", 25, "fpu avx2", "amd-zen3")]
    [InlineData("AMD EPYC", "AuthenticAMD", 26, "fpu avx512f", "amd-zen5")]
    [InlineData("Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz", "GenuineIntel", 6, "avx512f", "intel-xeon-gold-6248-cpu-6-17")]
    public void Kinds_of_processors_have_names_for_files(string name, string vendor, int family, string flags, string expected)
    {
        string details = $"vendor_id\t: {vendor}\ncpu family\t: {family}\nmodel\t\t: 17\nmodel name\t: {name}\nflags\t\t: {flags}\n";
        Assert.Equal(new CpuKind(name, expected), CpuKind.Of(details));
    }

    private static RaceResult Result(double ratio, double? target)
    {
        RaceRow row = RaceRows.All[1] with { Targets = target is double value ? new Targets(value, value) : null };
        return new RaceResult(row, Summary(50 * ratio), Summary(50), target, 0, Recipes.Exact, [24, 26], [50]);
    }

    private static TimeSummary Summary(double median) => new(median, 0.9 * median, 1.1 * median, 15);

    private static RaceReport Report(params RaceResult[] results) => new()
    {
        Command = "peers",
        Machine = new Dictionary<string, string> { ["cpu"] = "AMD EPYC" },
        Settings = new RaceOptions(),
        Session = PeerSession.Settings,
        Results = results,
        Notes = [],
        Opponents = [new Opponent("base-128", RaceRows.All[1].Shape, "fp32", [new TriedGraph(Recipes.Exact, 44.68)])],
        Checks = [new GraphCheck("base", Recipes.Of(PeerKind.Int2)[0], 0.52, 0.999)],
        Verification = [new Verification(Recipes.Exact, 1e-6, 1, 20)],
    };
}
