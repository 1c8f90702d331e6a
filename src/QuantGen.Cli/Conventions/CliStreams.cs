namespace QuantGen.Cli.Conventions;

/// <summary>Where the tool reads and writes.</summary>
/// <param name="Input">Standard input.</param>
/// <param name="Output">Standard output: results.</param>
/// <param name="Error">Standard error: one line when something fails.</param>
public sealed record CliStreams(TextReader Input, TextWriter Output, TextWriter Error)
{
    /// <summary>Gets whether standard input is a file or a pipe, which may hold texts.</summary>
    public bool HasInput { get; init; }

    /// <summary>Gets whether a person watches the output, so that tables and progress may be drawn.</summary>
    public bool IsInteractive { get; init; }
}
