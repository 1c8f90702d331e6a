namespace QuantGen.Generators.Tests.Walls;

/// <summary>The hand-written sources of this repository.</summary>
internal static class SourceTree
{
    private static readonly string[] s_skippedFolders = ["bin", "obj", "node_modules", "snapshots", "_snapshots"];

    /// <summary>Gets the repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Finds sources: neither what builds make nor tables and snapshots that programs wrote.</summary>
    /// <param name="folder">A folder of the repository.</param>
    /// <param name="extension">The end of the names, with the dot.</param>
    /// <returns>Paths from the root, with slashes, in order.</returns>
    public static IReadOnlyList<string> Files(string folder, string extension) =>
    [
        .. Below(Path.Combine(Root, folder), "*" + extension)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !Path.GetFileName(path).StartsWith("UnicodeTables.", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Reads a file.</summary>
    /// <param name="path">A path from the root.</param>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> Below(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern).Concat(
            Directory.EnumerateDirectories(folder)
                .Where(below => !s_skippedFolders.Contains(Path.GetFileName(below)))
                .SelectMany(below => Below(below, pattern)));

    private static string FindRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "QuantGen.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("The tests do not run below the repository's root.");
    }
}
