using System.Globalization;
using System.Text.Json;
using QuantGen.Cli;
using QuantGen.Cli.Conventions;

namespace QuantGen.Experiments;

/// <summary>Runs command lines of the tool in this process.</summary>
internal static class Tool
{
    /// <summary>Runs one and reads the JSON that it prints.</summary>
    /// <param name="arguments">The command line without the tool's name and <c>--json</c>.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<JsonElement> JsonAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        int code = await CliApplication.RunAsync([.. arguments, "--json"], new CliStreams(TextReader.Null, output, error), cancellation);
        if (code != 0)
        {
            throw new InvalidOperationException($"quantgen {string.Join(' ', arguments)}: {error.ToString().Trim()}");
        }

        using JsonDocument json = JsonDocument.Parse(output.ToString());
        return json.RootElement.Clone();
    }
}
