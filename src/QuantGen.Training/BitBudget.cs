namespace QuantGen.Training;

/// <summary>Chooses one of several sizes for each of several things, so that the costs' sum is least and the sizes' sum is within a budget.</summary>
internal static class BitBudget
{
    // Cells of the table for one thing: above, sizes are rounded up to a coarser unit, and the budget still holds.
    private const long MostUnits = 1 << 16;

    /// <summary>Chooses.</summary>
    /// <param name="sizes">The sizes of each thing, in any order.</param>
    /// <param name="costs">The cost of each.</param>
    /// <param name="budget">The largest sum of sizes.</param>
    /// <returns>The index of each thing's size; null where even the smallest are too large. Of equal costs the first
    /// wins; a size that costs infinitely much is never chosen.</returns>
    public static int[]? Choose(long[][] sizes, double[][] costs, long budget)
    {
        long[] least = [.. sizes.Select(own => own.Min())];
        long spare = budget - least.Sum();
        if (spare < 0)
        {
            return null;
        }

        long most = sizes.Sum(own => own.Max()) - least.Sum();
        long unit = Math.Max(1, sizes.SelectMany((own, i) => own.Select(size => size - least[i])).Aggregate(0L, Divisor));
        unit *= Math.Max(1, ((Math.Min(spare, most) / unit) + MostUnits - 1) / MostUnits);

        // Each thing's size may be rounded up by a unit.
        int units = (int)(Math.Min(spare, most + (unit * sizes.Length)) / unit);
        int[][] steps = [.. sizes.Select((own, i) => own.Select(size => (int)Math.Min(int.MaxValue, (size - least[i] + unit - 1) / unit)).ToArray())];
        return Choose(steps, costs, units);
    }

    private static int[]? Choose(int[][] steps, double[][] costs, int units)
    {
        // least[u]: the least cost of the things so far with at most u units.
        double[] least = new double[units + 1];
        int[][] chosen = [.. steps.Select(_ => new int[units + 1])];
        for (int item = 0; item < steps.Length; item++)
        {
            double[] next = new double[units + 1];
            for (int u = 0; u <= units; u++)
            {
                next[u] = double.PositiveInfinity;
                for (int choice = 0; choice < steps[item].Length; choice++)
                {
                    double cost = steps[item][choice] > u ? double.PositiveInfinity : least[u - steps[item][choice]] + costs[item][choice];
                    if (cost < next[u])
                    {
                        (next[u], chosen[item][u]) = (cost, choice);
                    }
                }
            }

            least = next;
        }

        if (double.IsPositiveInfinity(least[units]))
        {
            return null;
        }

        int[] result = new int[steps.Length];
        for (int item = steps.Length - 1, left = units; item >= 0; item--)
        {
            result[item] = chosen[item][left];
            left -= steps[item][result[item]];
        }

        return result;
    }

    private static long Divisor(long a, long b) => b == 0 ? a : Divisor(b, a % b);
}
