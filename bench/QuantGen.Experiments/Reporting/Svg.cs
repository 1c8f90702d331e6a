using System.Globalization;
using System.Security;
using System.Text;
using QuantGen.Training.Reporting;

namespace QuantGen.Experiments.Reporting;

/// <summary>Draws the results of a study as a file: bars of the metric, or curves of the loss.</summary>
internal static class Svg
{
    private const int Width = 860;
    private const string Color = "#2b6cb0";

    /// <summary>Draws a bar for each row: the mean metric after training, a tick for before, a line for the teacher.</summary>
    public static string Bars(Study study, IReadOnlyList<ExperimentResult> results)
    {
        const int Label = 330, Bar = 15, Step = 22, Top = 58;
        var rows = results.GroupBy(result => result.Row).ToArray();
        var svg = Begin(
            study.Title, Top + (rows.Length * Step) + 16,
            "bar: after training, mean of seeds; ticks: teacher (thick), before training (thin); end: 100% or 4 x the teacher's perplexity");
        for (int i = 0; i < rows.Length; i++)
        {
            ExperimentResult first = rows[i].First();

            // Perplexity before training can be hundreds of times that of the teacher; a scale that shows it would show nothing else.
            double most = first.Metric == "perplexity" ? first.Teacher * 4 : 1;
            double after = rows[i].Average(run => run.After.Value);
            int y = Top + (i * Step);
            svg.Append(
                CultureInfo.InvariantCulture, $"<text x=\"{Label - 8}\" y=\"{y + 12}\" text-anchor=\"end\">{SecurityElement.Escape(rows[i].Key)}</text>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Label}\" y=\"{y}\" width=\"{X(after) - Label:0.#}\" height=\"{Bar}\" fill=\"{Color}\"/>\n");
            Tick(X(rows[i].Average(run => run.Before.Value)), 1);
            Tick(X(first.Teacher), 3);
            string value = first.Metric == "perplexity"
                ? after.ToString("0.0", CultureInfo.InvariantCulture)
                : (after * 100).ToString("0.0", CultureInfo.InvariantCulture);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - 6}\" y=\"{y + 12}\" text-anchor=\"end\">{value}</text>\n");

            double X(double of) => Label + ((Width - Label - 60) * Math.Clamp(of / most, 0, 1));
            void Tick(double x, int width) =>
                svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{x:0.#} {y - 2}v{Bar + 4}\" stroke=\"#1a202c\" stroke-width=\"{width}\"/>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Draws a curve of the loss for each run.</summary>
    public static string Curves(Study study, IReadOnlyList<ExperimentResult> results)
    {
        ExperimentResult[] drawn = [.. results.Where(result => result.Curve.Count > 1)];
        var chart = new SvgChart(study.Title, drawn.Select(result => result.Curve[^1].Step).DefaultIfEmpty().Max())
        {
            IsLogarithmic = true,
            Note = "loss of each step's batch, smoothed over nine points, on a logarithmic scale",
        };
        return chart.DrawFile(
            [.. drawn.Select(result => (result.Row, (IReadOnlyList<(long, double)>)[.. result.Curve.Select(point => point.Step).Zip(Smooth(result.Curve))]))]);
    }

    private static double[] Smooth(IReadOnlyList<CurvePoint> curve) =>
        [.. curve.Select((_, i) => curve.Skip(Math.Max(0, i - 4)).Take(9).Average(point => Math.Max(point.Loss, 1e-6)))];

    private static StringBuilder Begin(string title, int height, string legend) => new StringBuilder()
        .Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" viewBox=\"0 0 {Width} {height}\" " +
                $"font-family=\"sans-serif\" font-size=\"12\">\n")
        .Append(
            CultureInfo.InvariantCulture,
            $"<rect width=\"{Width}\" height=\"{height}\" fill=\"white\"/>\n" +
                $"<text x=\"16\" y=\"22\" font-size=\"15\" font-weight=\"bold\">{SecurityElement.Escape(title)}</text>\n")
        .Append(CultureInfo.InvariantCulture, $"<text x=\"16\" y=\"42\" fill=\"#4a5568\">{SecurityElement.Escape(legend)}</text>\n");
}
