namespace QuantGen.Generators.Tests.Walls;

/// <summary>Holds hand-written sources to sizes that a reader can take in.</summary>
public class StyleLimitTests
{
    private const int MaxLines = 400;
    private const int MaxColumns = 160;
    private const int MaxProductLines = 60;

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
    public void Ways_to_multiply_are_files_of_no_more_than_60_lines()
    {
        IReadOnlyList<string> files = SourceTree.Files("generators/QuantGen.Generators/Emission/Kernels/Products", ".cs");
        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, file => SourceTree.Read(file).AsSpan().Count('\n') > MaxProductLines);
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
