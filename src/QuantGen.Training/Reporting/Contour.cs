namespace QuantGen.Training.Reporting;

/// <summary>Finds lines of equal height on a grid.</summary>
internal static class Contour
{
    /// <summary>Gets the pieces of a line, one or two for each square that it crosses, in units of the grid.</summary>
    /// <param name="heights">The heights, by x and then by y.</param>
    /// <param name="level">The line's height.</param>
    public static IEnumerable<(double FromX, double FromY, double ToX, double ToY)> Lines(IReadOnlyList<IReadOnlyList<double>> heights, double level)
    {
        for (int x = 0; x + 1 < heights.Count; x++)
        {
            for (int y = 0; y + 1 < heights[x].Count; y++)
            {
                (double X, double Y)[] crossings = [.. Crossings(heights, x, y, level)];
                for (int i = 0; i + 1 < crossings.Length; i += 2)
                {
                    yield return (crossings[i].X, crossings[i].Y, crossings[i + 1].X, crossings[i + 1].Y);
                }
            }
        }
    }

    // Around the square: where two corners are high and two, across from them, low, neighbours along the way are joined.
    private static IEnumerable<(double X, double Y)> Crossings(IReadOnlyList<IReadOnlyList<double>> heights, int x, int y, double level)
    {
        (int X, int Y)[] corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
        for (int i = 0; i < corners.Length; i++)
        {
            (int X, int Y) from = corners[i];
            (int X, int Y) to = corners[(i + 1) % corners.Length];
            (double low, double high) = (heights[from.X][from.Y], heights[to.X][to.Y]);
            if (low < level != high < level)
            {
                double share = (level - low) / (high - low);
                yield return (from.X + (share * (to.X - from.X)), from.Y + (share * (to.Y - from.Y)));
            }
        }
    }
}
