using System.Globalization;
using System.Text.Json;

namespace QuantGen.Cli.Tests;

public sealed class QuantizeReportTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Fact]
    public void Page_and_markdown_tell_sizes_speed_and_what_each_step_did()
    {
        (string output, string page, string recipe) = (files.File("told.qg.safetensors"), files.File("told.html"), files.File("told.json"));
        File.WriteAllText(recipe, """{"steps":[{"step":"hessian","bits":2.5,"most_bits":4,"texts":20},{"step":"mse"},{"step":"gptq"}]}""");
        JsonElement json = Tool.Json(
            "quantize", files.Checkpoint, "-o", output, "--bits", "3", "--recipe", recipe, "--calibration", files.Data, "--report", page);
        string html = File.ReadAllText(page);
        string markdown = File.ReadAllText(files.File("told.md"));
        string bytes = new FileInfo(output).Length.ToString("N0", CultureInfo.InvariantCulture);
        Assert.All(new[] { html, markdown }, text =>
        {
            Assert.Contains(bytes, text, StringComparison.Ordinal);
            Assert.Contains("SQNR after gptq", text, StringComparison.Ordinal);
            Assert.Contains("sensitivity", text, StringComparison.Ordinal);
            Assert.Contains("milliseconds for 24 tokens", text, StringComparison.Ordinal);
            Assert.Contains("attention.self.value shifted", text, StringComparison.Ordinal);
            Assert.Contains("the way from full precision, 0, to the quantized weights, 100", text, StringComparison.Ordinal);
            Assert.DoesNotContain("http", text.Replace("http://www.w3.org", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        });
        Assert.Contains("<polyline points=\"", html, StringComparison.Ordinal);

        // The last column is what the table of the command says; gptq keeps outputs, so its weights are no closer than those of rounding.
        JsonElement key = json.GetProperty("tensors").EnumerateArray()
            .First(tensor => tensor.GetProperty("name").GetString()!.EndsWith("key", StringComparison.Ordinal));
        string[] row = markdown.Split('\n').First(line => line.StartsWith($"| {key.GetProperty("name").GetString()} ", StringComparison.Ordinal)).Split(" | ");
        double[] ratios = [.. row[^4..].Select(cell => double.Parse(cell.TrimEnd('|', ' '), CultureInfo.InvariantCulture))];
        Assert.Equal(key.GetProperty("sqnr_db").GetDouble(), ratios[3], 0.006);
        Assert.Equal(ratios[2], ratios[3]);
        Assert.True(ratios[2] <= ratios[1]);
    }

    [Fact]
    public void Place_that_cannot_be_written_is_found_before_the_work() =>
        Assert.Contains("nowhere", Tool.Run(
            "quantize", files.Checkpoint, "-o", files.File("untold.qg.safetensors"), "--bits", "3", "--report", "/proc/nowhere/page.html").Error,
            StringComparison.Ordinal);
}
