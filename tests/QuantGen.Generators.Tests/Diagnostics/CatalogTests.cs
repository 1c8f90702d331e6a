using System.Reflection;
using Microsoft.CodeAnalysis;
using QuantGen.Generators.Diagnostics;

namespace QuantGen.Generators.Tests.Diagnostics;

/// <summary>No rule without a row in the release files, a place in the documentation and a test that triggers it.</summary>
public sealed class CatalogTests
{
    public static TheoryData<string> Ids => new(DiagnosticCatalog.All.Select(d => d.Id));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_rule_has_a_row_a_help_link_and_a_triggering_test(string id)
    {
        DiagnosticDescriptor rule = DiagnosticCatalog.Find(id);
        string row = Assert.Single(ReleaseRows(), r => r.StartsWith(id + " | ", StringComparison.Ordinal));
        Assert.Equal($"{id} | {rule.Category} | {rule.DefaultSeverity} | {rule.Title}", row);
        Assert.Equal($"https://github.com/quantgen/quantgen#{id.ToLowerInvariant()}", rule.HelpLinkUri);
        Assert.NotEmpty(rule.Description.ToString());
        Assert.Contains(id, TestedIds());
    }

    [Fact]
    public void Every_row_has_a_rule() =>
        Assert.Equal(DiagnosticCatalog.All.Select(d => d.Id), ReleaseRows().Select(r => r.Split(' ')[0]).Order(StringComparer.Ordinal));

    [Fact]
    public void The_analyzer_supports_every_rule() => Assert.Equal(DiagnosticCatalog.All, new QuantizedBertAnalyzer().SupportedDiagnostics);

    private static IEnumerable<string> ReleaseRows() => new[] { "AnalyzerReleases.Shipped.md", "AnalyzerReleases.Unshipped.md" }
        .SelectMany(name => Read(name).Split('\n'))
        .Select(line => line.Trim())
        .Where(line => line.StartsWith("QG", StringComparison.Ordinal));

    private static string Read(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static HashSet<string> TestedIds() => Assembly.GetExecutingAssembly().GetTypes()
        .SelectMany(type => type.GetMethods())
        .SelectMany(method => method.GetCustomAttributes<InlineDataAttribute>().SelectMany(data => data.GetData(method)))
        .SelectMany(arguments => arguments.OfType<string>())
        .Where(text => text.StartsWith("QG", StringComparison.Ordinal))
        .ToHashSet(StringComparer.Ordinal);
}
