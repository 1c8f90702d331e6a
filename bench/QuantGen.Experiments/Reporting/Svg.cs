using System.Globalization;
using System.Security;
using System.Text;

namespace QuantGen.Experiments.Reporting;

/// <summary>Draws the results of a study: bars of the metric, or curves of the loss.</summary>
internal static class Svg
{
    private const int Width = 860;
    private static readonly string[] s_colors = ["#2b6cb0", "#c05621", "#2f855a", "#6b46c1", "#b7791f", "#4a5568"];

    /// <summary>Draws a bar for each row: the mean metric after training, a tick for before, a line for the teacher.</summary>
    public static string Bars(Study study, IReadOnlyList<ExperimentResult> results)
    {
        const int Label = 330, Bar = 15, Step = 22, Top = 58;
        var rows = results.GroupBy(result => result.Row).ToArray();
        var svg = Begin(study.Title, Top + (rows.Length * Step) + 16, "bar: after training, mean of seeds; thick tick: the teacher; thin tick: before training; scales end at 100%, or at four times the teacher's perplexity");
        for (int i = 0; i < rows.Length; i++)
        {
            ExperimentResult first = rows[i].First();

            // Perplexity before training can be hundreds of times that of the teacher; a scale that shows it would show nothing else.
            double most = first.Metric == "perplexity" ? first.Teacher * 4 : 1;
            double after = rows[i].Average(run => run.After.Value);
            int y = Top + (i * Step);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Label - 8}\" y=\"{y + 12}\" text-anchor=\"end\">{SecurityElement.Escape(rows[i].Key)}</text>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Label}\" y=\"{y}\" width=\"{X(after) - Label:0.#}\" height=\"{Bar}\" fill=\"{s_colors[0]}\"/>\n");
            Tick(X(rows[i].Average(run => run.Before.Value)), 1);
            Tick(X(first.Teacher), 3);
            string value = first.Metric == "perplexity" ? after.ToString("0.0", CultureInfo.InvariantCulture) : (after * 100).ToString("0.0", CultureInfo.InvariantCulture);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - 6}\" y=\"{y + 12}\" text-anchor=\"end\">{value}</text>\n");

            double X(double of) => Label + ((Width - Label - 60) * Math.Clamp(of / most, 0, 1));
            void Tick(double x, int width) => svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{x:0.#} {y - 2}v{Bar + 4}\" stroke=\"#1a202c\" stroke-width=\"{width}\"/>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Draws a curve of the loss for each run.</summary>
    public static string Curves(Study study, IReadOnlyList<ExperimentResult> results)
    {
        const int Height = 420, Left = 60, Top = 58, Bottom = 40, Right = 190;
        ExperimentResult[] drawn = [.. results.Where(result => result.Curve.Count > 1)];
        var svg = Begin(study.Title, Height, "loss of each step's batch, smoothed over nine points, on a logarithmic scale");
        if (drawn.Length == 0)
        {
            return svg.Append("</svg>\n").ToString();
        }

        double[][] losses = [.. drawn.Select(result => Smooth(result.Curve))];
        double low = Math.Log10(losses.Min(curve => curve.Min())), high = Math.Log10(losses.Max(curve => curve.Max()));
        double steps = drawn.Max(result => result.Curve[^1].Step);
        double X(double step) => Left + ((Width - Left - Right) * step / steps);
        double Y(double loss) => Top + ((Height - Top - Bottom) * (high - Math.Log10(loss)) / Math.Max(1e-9, high - low));
        for (int i = 0; i < drawn.Length; i++)
        {
            string color = s_colors[i % s_colors.Length];
            string points = string.Join(' ', drawn[i].Curve.Select((point, at) => string.Create(CultureInfo.InvariantCulture, $"{X(point.Step):0.#},{Y(losses[i][at]):0.#}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.6\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right + 10}\" y=\"{Top + 16 + (i * 18)}\" fill=\"{color}\">{SecurityElement.Escape(drawn[i].Row)}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {Top}V{Height - Bottom}H{Width - Right}\" fill=\"none\" stroke=\"#1a202c\"/>\n");
        foreach (double at in new[] { low, (low + high) / 2, high })
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{Y(Math.Pow(10, at)) + 4:0.#}\" text-anchor=\"end\">{Math.Pow(10, at):G3}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right}\" y=\"{Height - 14}\" text-anchor=\"end\">step {steps:0}</text>\n");
        return svg.Append("</svg>\n").ToString();
    }

    private static double[] Smooth(IReadOnlyList<CurvePoint> curve) =>
        [.. curve.Select((_, i) => curve.Skip(Math.Max(0, i - 4)).Take(9).Average(point => Math.Max(point.Loss, 1e-6)))];

    private static StringBuilder Begin(string title, int height, string legend) => new StringBuilder()
        .Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n")
        .Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{height}\" fill=\"white\"/>\n<text x=\"16\" y=\"22\" font-size=\"15\" font-weight=\"bold\">{SecurityElement.Escape(title)}</text>\n")
        .Append(CultureInfo.InvariantCulture, $"<text x=\"16\" y=\"42\" fill=\"#4a5568\">{SecurityElement.Escape(legend)}</text>\n");
}
