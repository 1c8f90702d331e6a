using System.Globalization;
using System.Net;
using System.Text;

namespace QuantGen.Training.Reporting;

/// <summary>Draws curves over steps as SVG.</summary>
/// <param name="Title">What is shown.</param>
/// <param name="LastStep">The right end of the axis.</param>
internal sealed record SvgChart(string Title, long LastStep)
{
    private const double Width = 720;
    private const double Height = 260;
    private const double Left = 64;
    private const double Right = 150;
    private const double Top = 34;
    private const double Bottom = 30;
    private static readonly string[] s_colors = ["#1f5fa8", "#c2571a", "#2b8a3e", "#8a3fa0", "#555555"];

    /// <summary>Draws one line for each curve; points that are not finite are left out.</summary>
    public string Draw(IReadOnlyList<(string Name, IReadOnlyList<(long Step, double Value)> Points)> curves)
    {
        double[] values = [.. curves.SelectMany(curve => curve.Points).Select(point => point.Value).Where(double.IsFinite)];
        double lowest = values.Length == 0 ? 0 : values.Min();
        double highest = values.Length == 0 ? 1 : values.Max();
        if (highest - lowest < 1e-12)
        {
            (lowest, highest) = (lowest - 0.5, highest + 0.5);
        }

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"20\" class=\"title\">{WebUtility.HtmlEncode(Title)}</text>\n");
        DrawAxes(svg, lowest, highest);
        for (int i = 0; i < curves.Count; i++)
        {
            string color = s_colors[i % s_colors.Length];
            (string name, IReadOnlyList<(long Step, double Value)> points) = curves[i];
            IEnumerable<string> places = points.Where(point => double.IsFinite(point.Value)).Select(point => string.Create(
                CultureInfo.InvariantCulture, $"{X(point.Step):0.0},{Y(point.Value, lowest, highest):0.0}"));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{string.Join(' ', places)}\" stroke=\"{color}\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right + 12}\" y=\"{Top + 14 + (18 * i)}\" style=\"fill:{color}\">{WebUtility.HtmlEncode(name)}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static double Y(double value, double lowest, double highest) => Height - Bottom - ((value - lowest) / (highest - lowest) * (Height - Top - Bottom));

    private double X(long step) => Left + ((double)step / Math.Max(1, LastStep) * (Width - Left - Right));

    private void DrawAxes(StringBuilder svg, double lowest, double highest)
    {
        for (int i = 0; i <= 4; i++)
        {
            double value = lowest + ((highest - lowest) * i / 4);
            double y = Y(value, lowest, highest);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.0}\" y2=\"{y:0.0}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{y + 4:0.0}\" text-anchor=\"end\">{value:G4}</text>\n");
            long step = LastStep * i / 4;
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(step):0.0}\" y=\"{Height - 8}\" text-anchor=\"middle\">{step}</text>\n");
        }
    }
}
