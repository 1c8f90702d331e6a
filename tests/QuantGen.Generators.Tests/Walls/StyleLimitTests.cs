namespace QuantGen.Generators.Tests.Walls;

/// <summary>Holds hand-written sources to sizes that a reader can take in.</summary>
public class StyleLimitTests
{
    private const int MaxLines = 400;
    private const int MaxColumns = 160;

    private static readonly IReadOnlyList<string> s_files =
    [
        .. from folder in new[] { "src", "generators", "tests", "bench" }
           from extension in new[] { ".cs", ".mjs" }
           from file in SourceTree.Files(folder, extension)
           select file,
    ];

    [Fact]
    public void No_file_is_longer_than_400_lines()
    {
        List<(string File, int Lines)> lengths = [.. s_files.Select(file => (file, SourceTree.Read(file).AsSpan().Count('\n')))];
        Assert.DoesNotContain(lengths, file => file.Lines > MaxLines);
    }

    [Fact]
    public void No_line_is_longer_than_160_characters()
    {
        List<string> places =
        [
            .. from file in s_files
               from line in SourceTree.Read(file).Split('\n').Select((text, i) => (Number: i + 1, text.Length))
               where line.Length > MaxColumns
               select $"{file}:{line.Number}",
        ];
        Assert.True(places.Count == 0, $"Lines of more than {MaxColumns} characters:\n" + string.Join('\n', places));
    }
}
