namespace QuantGen.Cli.Tests;

/// <summary>Output that interrupts the work as soon as a line appears, as if somebody had pressed Ctrl+C then.</summary>
internal sealed class CancellingWriter : StringWriter
{
    private readonly string _line;
    private readonly CancellationTokenSource _cancellation;

    private CancellingWriter(string line, CancellationTokenSource cancellation)
    {
        _line = line;
        _cancellation = cancellation;
    }

    /// <summary>Runs a command line until it prints a line that begins so.</summary>
    public static ToolResult Run(string line, string[] args)
    {
        using var cancellation = new CancellationTokenSource();
        using var output = new CancellingWriter(line, cancellation);
        using var error = new StringWriter();
        int code = CliApplication.RunAsync(args, new CliStreams(TextReader.Null, output, error), cancellation.Token).GetAwaiter().GetResult();
        return new ToolResult(code, output.ToString(), error.ToString());
    }

    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        if (value?.StartsWith(_line, StringComparison.Ordinal) == true)
        {
            _cancellation.Cancel();
        }
    }
}
