using QuantGen.Training.PostTraining.Landscapes;
using QuantGen.Training.Reporting;

namespace QuantGen.Training.Tests.PostTraining;

public sealed class LossSurfaceTests
{
    private static readonly double[] s_shares = [-1, -0.5, 0, 0.5, 1];

    /// <summary>L(x, y) = 3 + 2x + 5x^2 - y^2 / 2 has the curvatures 10 and -1 everywhere.</summary>
    private static readonly LossSurface s_parabola = new(
        "parabola", 2, s_shares, [.. s_shares.Select(x => (double[])[.. s_shares.Select(y => 3 + (2 * x) + (5 * x * x) - (y * y / 2))])],
        new Dictionary<string, double>());

    [Fact]
    public void Curvature_is_the_parabolas()
    {
        Assert.Equal(3, s_parabola.Loss);
        Assert.Equal(10, s_parabola.Curvature(s_parabola.First), 1e-12);
        Assert.Equal(-1, s_parabola.Curvature(s_parabola.Second), 1e-12);
    }

    [Fact]
    public void Lines_of_a_plane_are_straight()
    {
        double[][] plane = [.. Enumerable.Range(0, 4).Select(x => (double[])[.. Enumerable.Range(0, 3).Select(y => x + (2.0 * y))])];
        (double FromX, double FromY, double ToX, double ToY)[] lines = [.. Contour.Lines(plane, 2.5)];
        Assert.NotEmpty(lines);
        Assert.All(lines, line =>
        {
            Assert.Equal(2.5, line.FromX + (2 * line.FromY), 1e-12);
            Assert.Equal(2.5, line.ToX + (2 * line.ToY), 1e-12);
        });
        Assert.Empty(Contour.Lines(plane, -1));
        Assert.Empty(Contour.Lines(plane, 99));
    }

    [Fact]
    public void Saddle_is_crossed_twice()
    {
        double[][] saddle = [[1, 0], [0, 1]];
        Assert.Equal(2, Contour.Lines(saddle, 0.5).Count());
    }

    [Fact]
    public void Picture_has_a_polygon_for_each_square_and_no_lines_where_all_is_flat()
    {
        var flat = new LossSurface("flat <1>", 32, s_shares, [.. s_shares.Select(_ => (double[])[1, 1, 1, 1, 1])], new Dictionary<string, double>());
        string both = new SurfaceChart("two").Draw([s_parabola, flat]);
        Assert.Equal(2 * 16, both.Split("<polygon").Length - 1);
        Assert.Contains("flat &lt;1&gt;", both, StringComparison.Ordinal);
        Assert.Contains("<path", both, StringComparison.Ordinal);
        string one = new SurfaceChart("one").Draw([flat]);
        Assert.DoesNotContain("<path", one, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", one, StringComparison.Ordinal);
    }
}
