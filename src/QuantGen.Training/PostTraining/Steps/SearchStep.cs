using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Searches how many bits each matrix has: children are compared by what they lose, within a budget (after CP-NAS).</summary>
/// <remarks>
/// Each matrix alone at each width gives a table of errors, and the plan that keeps their sum least is where the search begins. A is the negative error of
/// a model's outputs; the parent has the matrices that move in full precision, and all else as the child.
/// </remarks>
/// <param name="values">The settings.</param>
internal sealed class SearchStep(StepValues values) : IRecipeStep
{
    private readonly int _texts = values.GetWhole("texts");
    private readonly int _rounds = values.GetWhole("rounds");
    private readonly int _children = values.GetWhole("children");
    private readonly double _beta = values.Get("beta");
    private readonly ulong _seed = (ulong)values.GetWhole("seed");

    /// <summary>What the step may be told.</summary>
    public static StepOption[] Options { get; } =
    [
        .. BitChoices.Options, new("texts", 128, 1, 1e6, IsWhole: true), new("rounds", 16, 0, 100_000, IsWhole: true),
        new("children", 4, 1, 1000, IsWhole: true), new("beta", 0, 0, 10), new("seed", 42, 0, int.MaxValue, IsWhole: true),
    ];

    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        var choices = new BitChoices(state, values);
        using OutputProbe probe = OutputProbe.Create(state, _texts, parts: 1, usesLabels: false, cancellation);
        var models = new ChildModels(state, choices, probe);
        double[][] table = models.ErrorsAlone(share => progress?.Report(0.5 * share), cancellation);
        var search = new PlanSearch(table, choices.Find, plan => models.Error(plan, cancellation), _beta, _seed);
        int[][] starts = [choices.Choose(table), .. choices.Own() is int[] own ? [own] : Array.Empty<int[]>()];
        int[] plan = search.Run(starts, _rounds, _children, share => progress?.Report(0.5 + (0.5 * share)));
        state.Plan(
            choices.Bits(plan),
            choices.Matrices.Select((matrix, i) => (matrix.Name, table[i][0])).ToDictionary(pair => pair.Name, pair => pair.Item2, StringComparer.Ordinal));
    }
}
