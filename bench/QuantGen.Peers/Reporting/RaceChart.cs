using System.Globalization;
using System.Security;
using System.Text;
using QuantGen.Peers.Racing;

namespace QuantGen.Peers.Reporting;

/// <summary>Draws results as horizontal bars: QuantGen's median as a part of ONNX Runtime's, with spread and target.</summary>
internal static class RaceChart
{
    private const int Width = 780, Label = 270, Bar = 16, Step = 24, Top = 56;

    // Longer bars are cut off; their numbers are not.
    private const double Most = 1.6;

    /// <summary>Draws an SVG.</summary>
    public static string Draw(IReadOnlyList<RaceResult> results)
    {
        int height = Top + (results.Count * Step) + 24;
        var svg = new StringBuilder();
        void Line(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" viewBox=\"0 0 {Width} {height}\"");
        Line($" font-family=\"sans-serif\" font-size=\"12\">");
        Line($"<rect width=\"{Width}\" height=\"{height}\" fill=\"white\"/>");
        Line($"<text x=\"16\" y=\"22\" font-size=\"15\" font-weight=\"bold\">Median time of QuantGen as a part of ONNX Runtime's (shorter is faster)</text>");
        Line($"<text x=\"16\" y=\"40\" fill=\"#4a5568\">thin line: 10th to 90th percentile; thick tick: target; dashed: as fast as ONNX Runtime</text>");
        for (int i = 0; i < results.Count; i++)
        {
            svg.Append(Row(results[i], Top + (i * Step)));
        }

        Line($"<path d=\"M{X(1):0.0} {Top - 6}V{height - 16}\" stroke=\"#4a5568\" stroke-dasharray=\"4 3\"/>");
        return svg.Append("</svg>\n").ToString();
    }

    private static StringBuilder Row(RaceResult result, int y)
    {
        var svg = new StringBuilder();
        void Line(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
        (double low, double high, double end) = (X(result.Ours.P10 / result.Peers.Median), X(result.Ours.P90 / result.Peers.Median), X(result.Ratio));
        string color = result.IsMet switch
        {
            true => "#2f855a",
            false => "#c05621",
            null => "#7a8aa0",
        };
        string name = SecurityElement.Escape(
            $"{result.Row.Name} {result.Row.OurName} / {result.Row.PeerName}{(result.Row.Shape.IsSorted ? ", sorted" : string.Empty)}");
        int middle = y + (Bar / 2);
        Line($"<text x=\"{Label - 8}\" y=\"{middle + 4}\" text-anchor=\"end\">{name}</text>");
        Line($"<rect x=\"{Label}\" y=\"{y}\" width=\"{end - Label:0.0}\" height=\"{Bar}\" fill=\"{color}\"/>");
        Line($"<path d=\"M{low:0.0} {middle}H{high:0.0}\" stroke=\"#1a202c\" stroke-width=\"1.5\"/>");
        double last = Math.Max(end, high);

        // A target that is a time has no place among ratios.
        if (result.Target is double target && !result.Row.Targets!.IsTime)
        {
            Line($"<path d=\"M{X(target):0.0} {y - 3}v{Bar + 6}\" stroke=\"#1a202c\" stroke-width=\"2\"/>");
            last = Math.Max(last, X(target));
        }

        Line($"<text x=\"{last + 6:0.0}\" y=\"{middle + 4}\">{result.Ratio:0.00}</text>");
        return svg;
    }

    private static double X(double ratio) => Label + ((Width - Label - 60) * Math.Min(ratio, Most) / Most);
}
