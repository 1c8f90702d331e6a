namespace QuantGen.Tasks;

/// <summary>Ranks values.</summary>
internal static class Ranking
{
    /// <summary>Finds the largest values.</summary>
    /// <param name="values">The values; none is NaN.</param>
    /// <param name="count">How many; where there are fewer values, all.</param>
    /// <returns>Their indexes, the largest value first; among equal ones the first index first.</returns>
    public static IEnumerable<int> Largest(float[] values, int count) =>
        Enumerable.Range(0, values.Length).OrderByDescending(i => values[i]).Take(count);
}
