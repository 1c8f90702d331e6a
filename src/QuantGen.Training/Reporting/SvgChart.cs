using System.Globalization;
using System.Net;
using System.Text;

namespace QuantGen.Training.Reporting;

/// <summary>Draws curves over steps as SVG.</summary>
/// <param name="Title">What is shown.</param>
/// <param name="LastStep">The right end of the axis.</param>
public sealed record SvgChart(string Title, long LastStep)
{
    /// <summary>How the parts of a chart look, as CSS: what a page that holds charts needs.</summary>
    public const string Style = """
        svg text { font: 11px system-ui, sans-serif; fill: #444 } svg text.title { font-size: 14px }
        svg line { stroke: #e3e3e3 } svg polyline { fill: none; stroke-width: 1.6 }
        """;

    private const double Width = 720;
    private const double Height = 260;
    private const double Left = 64;
    private const double Right = 150;
    private const double Bottom = 30;
    private const int Parts = 4;
    private static readonly string[] s_colors = ["#1f5fa8", "#c2571a", "#2b8a3e", "#8a3fa0", "#555555"];

    /// <summary>Gets the left end of the axis. Default 0.</summary>
    public long FirstStep { get; init; }

    /// <summary>Gets whether values are drawn by their logarithms; those that have none are left out. Default false.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Gets a line below the title; null, the default, for none.</summary>
    public string? Note { get; init; }

    private double Top => Note is null ? 34 : 52;

    /// <summary>Draws one line for each curve; points that are not finite are left out.</summary>
    /// <param name="curves">The curves, by name.</param>
    /// <returns>An element of a page, which has <see cref="Style"/>.</returns>
    public string Draw(IReadOnlyList<(string Name, IReadOnlyList<(long Step, double Value)> Points)> curves) =>
        Draw(curves, string.Create(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\">\n"));

    /// <summary>Draws the same as a file of its own.</summary>
    /// <param name="curves">The curves, by name.</param>
    public string DrawFile(IReadOnlyList<(string Name, IReadOnlyList<(long Step, double Value)> Points)> curves) => Draw(curves, string.Create(
        CultureInfo.InvariantCulture,
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\">\n<style>\n{Style}\n</style>\n" +
            $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>\n"));

    private string Draw(IReadOnlyList<(string Name, IReadOnlyList<(long Step, double Value)> Points)> curves, string begin)
    {
        double[] heights = [.. curves.SelectMany(curve => curve.Points).Select(point => Scaled(point.Value)).Where(double.IsFinite)];
        double lowest = heights.Length == 0 ? Scaled(1) : heights.Min();
        double highest = heights.Length == 0 ? lowest + 1 : heights.Max();
        if (highest - lowest < 1e-12)
        {
            (lowest, highest) = (lowest - 0.5, highest + 0.5);
        }

        var svg = new StringBuilder(begin);
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"20\" class=\"title\">{WebUtility.HtmlEncode(Title)}</text>\n");
        if (Note is not null)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"38\">{WebUtility.HtmlEncode(Note)}</text>\n");
        }

        DrawAxes(svg, lowest, highest);
        for (int i = 0; i < curves.Count; i++)
        {
            string color = s_colors[i % s_colors.Length];
            (string name, IReadOnlyList<(long Step, double Value)> points) = curves[i];
            IEnumerable<string> places = points.Where(point => double.IsFinite(Scaled(point.Value))).Select(point => string.Create(
                CultureInfo.InvariantCulture, $"{X(point.Step):0.0},{Y(Scaled(point.Value), lowest, highest):0.0}"));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{string.Join(' ', places)}\" stroke=\"{color}\"/>\n");
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{Width - Right + 12}\" y=\"{Top + 14 + (18 * i)}\" style=\"fill:{color}\">{WebUtility.HtmlEncode(name)}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private double Scaled(double value) => IsLogarithmic ? Math.Log10(value) : value;

    private double Y(double scaled, double lowest, double highest) => Height - Bottom - ((scaled - lowest) / (highest - lowest) * (Height - Top - Bottom));

    private double X(long step) => Left + ((double)(step - FirstStep) / Math.Max(1, LastStep - FirstStep) * (Width - Left - Right));

    private void DrawAxes(StringBuilder svg, double lowest, double highest)
    {
        for (int i = 0; i <= Parts; i++)
        {
            double scaled = lowest + ((highest - lowest) * i / Parts);
            double y = Y(scaled, lowest, highest);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.0}\" y2=\"{y:0.0}\"/>");
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{Left - 6}\" y=\"{y + 4:0.0}\" text-anchor=\"end\">{(IsLogarithmic ? Math.Pow(10, scaled) : scaled):G4}</text>\n");
            long step = FirstStep + ((LastStep - FirstStep) * i / Parts);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(step):0.0}\" y=\"{Height - 8}\" text-anchor=\"middle\">{step}</text>\n");
        }
    }
}
