namespace QuantGen.Cli.Jobs;

/// <summary>How this tool is started once more.</summary>
internal static class ToolCommand
{
    private const string Host = "dotnet";

    /// <summary>Gets the program and what stands before its arguments.</summary>
    public static IReadOnlyList<string> Words
    {
        get
        {
            string program = Environment.ProcessPath ?? Host;
            string library = typeof(ToolCommand).Assembly.Location;
            string? name = Path.GetFileNameWithoutExtension(program);

            // What is started by a host, as by tests, is the library; all else is a program of its own.
            return library.Length == 0 || name is "quantgen" || name == Path.GetFileNameWithoutExtension(library)
                ? [program] : [name == Host ? program : Host, library];
        }
    }

    /// <summary>Writes words so that a POSIX shell reads them as they are.</summary>
    public static string Quote(IEnumerable<string> words) =>
        string.Join(' ', words.Select(word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
}
