using System.Text.RegularExpressions;

namespace QuantGen.Generators.Tests.Walls;

/// <summary>Holds README's table of what to touch to the tree.</summary>
public class PlaceTableTests
{
    private const string Header = "| to add | touch |";

    private static readonly IReadOnlyList<string> s_rows =
    [
        .. SourceTree.Read("README.md").Split('\n').SkipWhile(line => line != Header).Skip(2).TakeWhile(line => line.StartsWith('|')),
    ];

    [Theory]
    [InlineData("an activation function")]
    [InlineData("a width")]
    [InlineData("a scheme with existing storage")]
    [InlineData("a storage with its kernel")]
    [InlineData("an instruction set")]
    [InlineData("a head")]
    [InlineData("a model family")]
    [InlineData("a room")]
    public void What_can_be_added_has_a_row(string what) =>
        Assert.Single(s_rows, row => row.StartsWith($"| {what} |", StringComparison.Ordinal) && Paths(row).Any());

    [Fact]
    public void Rows_name_files_that_exist() =>
        Assert.DoesNotContain(s_rows.SelectMany(Paths), path => !Path.Exists(Path.Combine(SourceTree.Root, path)));

    private static IEnumerable<string> Paths(string row) => Regex.Matches(row, "`([^`]+)`").Select(match => match.Groups[1].Value);
}
