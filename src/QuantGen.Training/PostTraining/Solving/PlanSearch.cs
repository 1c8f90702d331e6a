using QuantGen.Training.Randomness;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Improves a plan, a choice for each of several things, by trying neighbours of it.</summary>
/// <remarks>
/// A neighbour gives one thing the next choice above or below of those that cost less than infinitely much, and the others, each by at most one, what a
/// table of costs finds best within the budget.
/// Of some neighbours, drawn without replacement among those that the table likes best, the one of the highest score becomes the plan, if it loses less.
/// </remarks>
/// <param name="table">The error of each choice of each thing alone.</param>
/// <param name="choose">Finds the plan of least cost within the budget; null when there is none.</param>
/// <param name="error">Measures a plan; <see cref="Parent"/> stands for what loses nothing.</param>
/// <param name="beta">How much the gap to the parent counts; 0 leaves parents out.</param>
/// <param name="seed">What the draws depend on.</param>
internal sealed class PlanSearch(double[][] table, Func<double[][], int[]?> choose, Func<int[], double> error, double beta, ulong seed)
{
    /// <summary>The choice of a thing that loses nothing.</summary>
    public const int Parent = -1;

    // Of so many times the neighbours that are drawn.
    private const int Pool = 3;

    /// <summary>Gets the score of a child, <c>z = beta (A_P - A_C) + A_C</c>, from the parent's and its own accuracy (Zhuo et al., IJCV 2020).</summary>
    public static double Score(double parent, double child, double beta) => (beta * (parent - child)) + child;

    /// <summary>Searches.</summary>
    /// <param name="starts">Plans to start from; the best of them is taken.</param>
    /// <param name="rounds">How often neighbours are drawn.</param>
    /// <param name="children">How many each time.</param>
    /// <param name="report">Told the share that is done.</param>
    /// <returns>A plan that loses no more than any of the starts.</returns>
    public int[] Run(IEnumerable<int[]> starts, int rounds, int children, Action<double> report)
    {
        (int[] plan, double best) = starts.Select(start => (start, error(start))).MinBy(pair => pair.Item2);
        List<int[]> untried = Neighbours(plan);
        var random = new RandomSequence(seed, RandomPlace.Plans);
        for (int round = 0; round < rounds && untried.Count > 0; round++)
        {
            int[][] pool = [.. untried.Take(Pool * children)];
            random.Shuffle(pool.AsSpan());
            int[][] drawn = [.. pool.Take(children)];
            untried.RemoveAll(drawn.Contains);
            (int[] Plan, double Error)[] better = [.. drawn.Select(child => (child, error(child))).Where(pair => pair.Item2 < best)];
            if (better.Length > 0)
            {
                int[] before = plan;
                (plan, best) = beta == 0 ? better.MinBy(pair => pair.Error) : better.MaxBy(pair => Score(-ParentError(before, pair.Plan), -pair.Error, beta));
                untried = Neighbours(plan);
            }

            report((round + 1.0) / rounds);
        }

        return plan;
    }

    // The moved things lose nothing, all else is as in the child.
    private double ParentError(int[] before, int[] child) => error([.. child.Select((choice, i) => choice == before[i] ? choice : Parent)]);

    private List<int[]> Neighbours(int[] plan)
    {
        var found = new Dictionary<string, (int[] Plan, double Cost)>(StringComparer.Ordinal);
        for (int i = 0; i < plan.Length; i++)
        {
            foreach (int choice in NextTo(i, plan[i]))
            {
                if (choose(Near(plan, i, choice)) is int[] neighbour)
                {
                    found.TryAdd(string.Join(' ', neighbour), (neighbour, neighbour.Select((own, k) => table[k][own]).Sum()));
                }
            }
        }

        return [.. found.Values.OrderBy(pair => pair.Cost).Select(pair => pair.Plan)];
    }

    private IEnumerable<int> NextTo(int thing, int own)
    {
        double[] costs = table[thing];
        int below = Array.FindLastIndex(costs, Math.Max(0, own - 1), own, double.IsFinite);
        int above = Array.FindIndex(costs, own + 1, double.IsFinite);
        return new[] { below, above }.Where(choice => choice >= 0);
    }

    private double[][] Near(int[] plan, int moved, int choice) =>
    [
        .. table.Select((own, i) => own.Select((cost, c) =>
            (i == moved ? c == choice : c == plan[i] || NextTo(i, plan[i]).Contains(c)) ? cost : double.PositiveInfinity).ToArray()),
    ];
}
