using QuantGen.Cli.Conventions;

namespace QuantGen.Cli.Tests;

/// <summary>Output that does something as soon as a line appears.</summary>
internal sealed class ActingWriter : StringWriter
{
    private readonly string _line;
    private readonly Action _act;

    private ActingWriter(string line, Action act)
    {
        _line = line;
        _act = act;
    }

    /// <summary>Runs a command line that is interrupted when it prints a line that begins so, as if somebody had pressed Ctrl+C then.</summary>
    public static ToolResult Interrupt(string line, string[] args)
    {
        using var cancellation = new CancellationTokenSource();
        return Run(line, cancellation.Cancel, args, cancellation.Token);
    }

    /// <summary>Runs a command line, and something else when it prints a line that begins so.</summary>
    public static ToolResult Run(string line, Action act, string[] args, CancellationToken cancellation = default)
    {
        using var output = new ActingWriter(line, act);
        using var error = new StringWriter();
        int code = CliApplication.RunAsync(args, new CliStreams(TextReader.Null, output, error), cancellation).GetAwaiter().GetResult();
        return new ToolResult(code, output.ToString(), error.ToString());
    }

    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        if (value?.StartsWith(_line, StringComparison.Ordinal) == true)
        {
            _act();
        }
    }
}
