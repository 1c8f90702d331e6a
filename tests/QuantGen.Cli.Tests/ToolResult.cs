namespace QuantGen.Cli.Tests;

/// <summary>What a run of the tool left behind.</summary>
internal sealed record ToolResult(int Code, string Output, string Error)
{
    /// <summary>Requires an exit code, nothing on standard output, and one line on standard error that holds a text.</summary>
    public void AssertFails(int code, string message)
    {
        Assert.Contains(message, Error);
        Assert.Equal(code, Code);
        Assert.Equal(string.Empty, Output);
        Assert.StartsWith("quantgen: ", Error);
        Assert.Equal(1, Error.Count(c => c == '\n'));
        Assert.DoesNotContain("   at ", Error);
    }
}
