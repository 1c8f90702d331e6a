using System.Globalization;
using System.Net;
using System.Text;
using QuantGen.Training.PostTraining.Landscapes;

namespace QuantGen.Training.Reporting;

/// <summary>Draws loss landscapes side by side as SVG: each as a surface, and below it the lines of equal loss; all on one scale.</summary>
/// <param name="Title">What is shown.</param>
public sealed record SurfaceChart(string Title)
{
    private const double Panel = 300;
    private const double Top = 40;
    private const double SurfaceHeight = 270;
    private const double Margin = 36;
    private const double Side = Panel - (2 * Margin);
    private const double Height = Top + SurfaceHeight + Side + 64;
    private const double Tilt = 0.45;
    private const double Rise = 110;
    private const int Levels = 8;

    // From low to high; lightness falls with the loss, so that it can be read without colors.
    private static readonly (int R, int G, int B)[] s_colors = [(253, 231, 37), (94, 201, 98), (33, 145, 140), (59, 82, 139), (68, 1, 84)];

    /// <summary>Draws the file.</summary>
    /// <param name="surfaces">At least one; all with the same shifts.</param>
    public string Draw(IReadOnlyList<LossSurface> surfaces)
    {
        ArgumentNullException.ThrowIfNull(surfaces);
        double lowest = surfaces.Min(surface => surface.Losses.Min(row => row.Min()));
        double highest = Math.Max(surfaces.Max(surface => surface.Losses.Max(row => row.Max())), lowest + 1e-9);
        double width = Panel * surfaces.Count;
        var svg = new StringBuilder(string.Create(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{Height}\" viewBox=\"0 0 {width} {Height}\" role=\"img\">\n" +
                $"<style>text {{ font: 12px system-ui, sans-serif; fill: #333 }} .title {{ font-size: 15px }} path {{ stroke-width: 0.6 }}</style>\n" +
                $"<rect width=\"{width}\" height=\"{Height}\" fill=\"white\"/>\n" +
                $"<text x=\"12\" y=\"20\" class=\"title\">{WebUtility.HtmlEncode(Title)}</text>\n"));
        for (int i = 0; i < surfaces.Count; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({i * Panel} {Top})\">\n");
            Write(svg, Panel / 2, 14, surfaces[i].Name);
            DrawSurface(svg, surfaces[i], loss => (loss - lowest) / (highest - lowest));
            DrawContours(svg, surfaces[i], surfaces.Max(Span) / Levels, loss => (loss - lowest) / (highest - lowest));
            svg.Append("</g>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    // Squares from back to front, each in the color of its mean.
    private static void DrawSurface(StringBuilder svg, LossSurface surface, Func<double, double> height)
    {
        int last = surface.Shares.Count - 1;
        double step = Side / 2 / last;
        (double X, double Y) Place(int x, int y) =>
            ((Panel / 2) + ((x - y) * step), 36 + ((x + y) * step * Tilt) + (Rise * (1 - height(surface.Losses[x][y]))));
        for (int sum = 0; sum <= (2 * last) - 2; sum++)
        {
            for (int x = Math.Max(0, sum - last + 1); x <= Math.Min(sum, last - 1); x++)
            {
                int y = sum - x;
                (int, int)[] corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
                string points = string.Join(' ', corners.Select(c => Place(c.Item1, c.Item2)).Select(
                    p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.0},{p.Y:0.0}")));
                string color = Color(corners.Average(c => height(surface.Losses[c.Item1][c.Item2])));
                svg.Append(CultureInfo.InvariantCulture, $"<polygon points=\"{points}\" fill=\"{color}\" stroke=\"white\" stroke-width=\"0.4\"/>\n");
            }
        }
    }

    private static void DrawContours(StringBuilder svg, LossSurface surface, double step, Func<double, double> height)
    {
        double top = SurfaceHeight + 16;
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect x=\"{Margin}\" y=\"{top}\" width=\"{Side}\" height=\"{Side}\" fill=\"none\" stroke=\"#ccc\"/>\n");
        double cell = Side / (surface.Shares.Count - 1);
        double lowest = surface.Losses.Min(row => row.Min());
        for (double level = lowest + (step / 2); step > 0 && level < lowest + Span(surface); level += step)
        {
            string Place(double x, double y) => string.Create(CultureInfo.InvariantCulture, $"{Margin + (cell * x):0.0} {top + Side - (cell * y):0.0}");
            string path = string.Concat(Contour.Lines(surface.Losses, level).Select(line => $"M{Place(line.FromX, line.FromY)}L{Place(line.ToX, line.ToY)}"));
            if (path.Length > 0)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<path d=\"{path}\" stroke=\"{Color(height(level))}\" style=\"stroke-width:1.4\" fill=\"none\"/>\n");
            }
        }

        Write(svg, Margin, top + Side + 14, surface.Shares[0].ToString("0.#", CultureInfo.InvariantCulture));
        Write(svg, Margin + (Side / 2), top + Side + 14, "shift of layer 0, up: of layer 1");
        Write(svg, Margin + Side, top + Side + 14, surface.Shares[^1].ToString("0.#", CultureInfo.InvariantCulture));
        Write(svg, Panel / 2, top - 6, string.Create(
            CultureInfo.InvariantCulture,
            $"loss {surface.Loss:G3}, curvature {surface.Curvature(surface.First):G2} and {surface.Curvature(surface.Second):G2}"));
    }

    private static double Span(LossSurface surface) => surface.Losses.Max(row => row.Max()) - surface.Losses.Min(row => row.Min());

    private static void Write(StringBuilder svg, double x, double y, string text) => svg.Append(
        CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(text)}</text>\n");

    private static string Color(double share)
    {
        double at = Math.Clamp(share, 0, 1) * (s_colors.Length - 1);
        int below = Math.Min((int)at, s_colors.Length - 2);
        int Mixed(int from, int to) => (int)Math.Round(from + ((at - below) * (to - from)));
        ((int r, int g, int b), (int R, int G, int B) next) = (s_colors[below], s_colors[below + 1]);
        return string.Create(CultureInfo.InvariantCulture, $"#{Mixed(r, next.R):x2}{Mixed(g, next.G):x2}{Mixed(b, next.B):x2}");
    }
}
