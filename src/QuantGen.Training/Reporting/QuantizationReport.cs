using System.Globalization;
using System.Text;
using QuantGen.Files;
using QuantGen.Training.PostTraining;
using QuantGen.Training.PostTraining.Landscapes;

namespace QuantGen.Training.Reporting;

/// <summary>What is told of a quantization after training: a page and the same in Markdown.</summary>
/// <param name="Title">What was quantized.</param>
/// <param name="Facts">Sizes, times and settings, by name.</param>
/// <param name="Tensors">The word embedding and every linear layer, as they are in the end.</param>
/// <param name="Steps">What the steps did.</param>
/// <param name="Curves">The curves that steps went along.</param>
public sealed record QuantizationReport(
    string Title, IReadOnlyList<KeyValuePair<string, string>> Facts, IReadOnlyList<TensorReport> Tensors, IReadOnlyList<StepReport> Steps,
    IReadOnlyList<FoundCurve> Curves)
{
    /// <summary>Gets the loss around the weights, before and after; empty, the default, where it was not looked at.</summary>
    public IReadOnlyList<LossSlice> Slices { get; init; } = [];

    private const string Explanation =
        "SQNR is what rounding leaves of the weights, in dB, after each step. Steps that keep outputs close rather than weights may lower it.";

    /// <summary>Writes the page, and beside it the Markdown with the ending <c>.md</c>.</summary>
    /// <param name="path">The file of the page.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string path) => AtomicFile.WriteAll(
    [
        (path, stream => stream.Write(Encoding.UTF8.GetBytes(Html()))),
        (MarkdownOf(path), stream => stream.Write(Encoding.UTF8.GetBytes(Markdown()))),
    ]);

    /// <summary>Gets the file of the Markdown.</summary>
    /// <param name="path">The file of the page.</param>
    public static string MarkdownOf(string path) => Path.ChangeExtension(path, ".md");

    /// <summary>Makes the page.</summary>
    public string Html()
    {
        var page = new ReportPage(Title);
        page.AddTable(["", "value"], Facts.Select(fact => new[] { fact.Key, fact.Value }));
        if (Steps.Count > 0)
        {
            page.AddTable(["step", "seconds"], Steps.Select(step => new[] { step.Name, Text(step.Seconds, "0.0") }));
            page.AddChart(Ratios());
        }

        foreach (FoundCurve curve in Curves)
        {
            page.AddChart(new SvgChart(curve.Name, curve.Points[^1].X).Draw([(string.Empty, curve.Points)]));
        }

        foreach (LossSlice slice in Slices)
        {
            page.AddChart(new SvgChart("Loss: " + slice.Name, slice.Percents[^1]) { FirstStep = slice.Percents[0] }.Draw(
                [.. slice.Losses.Select(curve => (curve.Model, (IReadOnlyList<(long, double)>)[.. slice.Percents.Zip(curve.Values)]))]));
        }

        page.AddText(Explanation);
        page.AddTable(Heads(), Rows());
        return page.End();
    }

    /// <summary>Makes the Markdown.</summary>
    public string Markdown()
    {
        var text = new StringBuilder($"# {Title}\n\n");
        Append(text, ["", "value"], Facts.Select(fact => new[] { fact.Key, fact.Value }));
        if (Steps.Count > 0)
        {
            Append(text, ["step", "seconds"], Steps.Select(step => new[] { step.Name, Text(step.Seconds, "0.0") }));
        }

        foreach (FoundCurve curve in Curves)
        {
            Append(text, [curve.Name, "value"], curve.Points.Select(point => new[] { Text(point.X, "0"), Text(point.Y, "G6") }));
        }

        foreach (LossSlice slice in Slices)
        {
            Append(text, ["loss: " + slice.Name, .. slice.Losses.Select(curve => curve.Model)], slice.Percents.Select(
                (percent, i) => (string[])[Text(percent, "0"), .. slice.Losses.Select(curve => Text(curve.Values[i], "G6"))]));
        }

        text.Append(Explanation).Append("\n\n");
        Append(text, Heads(), Rows());
        return text.ToString();
    }

    // Matrices in the order of the forward pass; what no step told of has no point.
    private string Ratios()
    {
        string[] names = [.. Tensors.Select(tensor => tensor.Name)];
        return new SvgChart("SQNR of the matrices in dB, in the order of the forward pass", Math.Max(1, names.Length - 1)).Draw(
        [
            .. Steps.Select(step => (step.Name, (IReadOnlyList<(long, double)>)
                [.. names.Select((name, i) => ((long)i, step.SqnrDb.GetValueOrDefault(name, double.NaN))).Where(point => double.IsFinite(point.Item2))])),
        ]);
    }

    private IEnumerable<string> Heads() =>
        ["matrix", "bits", "scales", .. Tensors.Any(tensor => tensor.Sensitivity is not null) ? ["sensitivity"] : Array.Empty<string>(),
            .. Steps.Select(step => "SQNR after " + step.Name), "SQNR"];

    private IEnumerable<string[]> Rows()
    {
        bool isPlanned = Tensors.Any(tensor => tensor.Sensitivity is not null);
        foreach (TensorReport tensor in Tensors)
        {
            yield return
            [
                tensor.Name, Text(tensor.Bits, "0.##"), Text(tensor.Groups, "0"),
                .. isPlanned ? [tensor.Sensitivity is double own ? Text(own, "G4") : "-"] : Array.Empty<string>(),
                .. Steps.Select(step => step.SqnrDb.TryGetValue(tensor.Name, out double ratio) ? Decibels(ratio) : "-"), Decibels(tensor.SqnrDb),
            ];
        }
    }

    private static void Append(StringBuilder text, IEnumerable<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        string[] names = [.. heads];
        text.Append("| ").AppendJoin(" | ", names).Append(" |\n|").Append(string.Concat(Enumerable.Repeat("---|", names.Length))).Append('\n');
        foreach (IReadOnlyList<string> row in rows)
        {
            text.Append("| ").AppendJoin(" | ", row).Append(" |\n");
        }

        text.Append('\n');
    }

    private static string Decibels(double value) => double.IsFinite(value) ? Text(value, "0.00") : "exact";

    private static string Text(IFormattable value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
