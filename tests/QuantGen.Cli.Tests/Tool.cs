using System.Text.Json;
using QuantGen.Cli.Conventions;

namespace QuantGen.Cli.Tests;

/// <summary>Runs command lines in this process, as if output went to a file.</summary>
internal static class Tool
{
    public static ToolResult Run(params string[] args) => Run(null, args);

    public static ToolResult Run(string? input, string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var streams = new CliStreams(new StringReader(input ?? string.Empty), output, error) { HasInput = input is not null };
        int code = CliApplication.RunAsync(args, streams).GetAwaiter().GetResult();
        return new ToolResult(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command line that must succeed and say nothing but JSON.</summary>
    public static JsonElement Json(params string[] args)
    {
        ToolResult result = Run([.. args, "--json"]);
        Assert.Equal(string.Empty, result.Error);
        Assert.Equal(0, result.Code);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        return document.RootElement.Clone();
    }

    /// <summary>Runs a command line that must succeed and print for people.</summary>
    public static string Text(params string[] args)
    {
        ToolResult result = Run(args);
        Assert.Equal(string.Empty, result.Error);
        Assert.Equal(0, result.Code);
        Assert.DoesNotContain('\u001b', result.Output);
        return result.Output;
    }
}
