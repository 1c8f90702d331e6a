using QuantGen.Specs;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Searches how many bits each matrix has: children are compared by what they lose, within a budget (after CP-NAS).</summary>
/// <remarks>
/// Each matrix alone at each width gives a table of errors, and the plan that keeps their sum least is where the search begins. A is the negative error of
/// a model's outputs; the parent has the matrices that move in full precision, and all else as the child. Each block's part of the table is a job.
/// </remarks>
/// <param name="values">The settings.</param>
internal sealed class SearchStep(StepValues values) : IJobStep
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
        using OutputProbe probe = Probe(state, cancellation);
        var models = new ChildModels(state, choices, probe);
        double[][] table = new double[choices.Matrices.Length][];
        for (int matrix = 0; matrix < table.Length; matrix++)
        {
            table[matrix] = models.ErrorsAlone(matrix, cancellation);
            progress?.Report(0.5 * (matrix + 1) / table.Length);
        }

        Search(state, choices, models, table, share => progress?.Report(0.5 + (0.5 * share)), cancellation);
    }

    public int JobCount(ModelSpec target, int partsDone) => BitChoices.Blocks(target).Length;

    public JobResult RunJob(RecipeState state, int job, IProgress<double>? progress, CancellationToken cancellation)
    {
        var choices = new BitChoices(state, values);
        using OutputProbe probe = Probe(state, cancellation);
        var models = new ChildModels(state, choices, probe);
        int[] block = BitChoices.Blocks(state.Target)[job];
        var errors = new List<double>();
        foreach (int matrix in block)
        {
            errors.AddRange(models.ErrorsAlone(matrix, cancellation));
            progress?.Report((double)(Array.IndexOf(block, matrix) + 1) / block.Length);
        }

        return new JobResult { Numbers = errors };
    }

    public void Join(RecipeState state, IReadOnlyList<JobResult> results, IProgress<double>? progress, CancellationToken cancellation)
    {
        var choices = new BitChoices(state, values);
        double[][] table = new double[choices.Matrices.Length][];
        foreach ((int[] block, JobResult result) in BitChoices.Blocks(state.Target).Zip(results))
        {
            int start = 0;
            foreach (int matrix in block)
            {
                int count = choices.Widths[matrix].Length;
                table[matrix] = [.. result.Numbers.Skip(start).Take(count)];
                start += count;
            }
        }

        using OutputProbe probe = Probe(state, cancellation);
        Search(state, choices, new ChildModels(state, choices, probe), table, share => progress?.Report(share), cancellation);
    }

    private OutputProbe Probe(RecipeState state, CancellationToken cancellation) =>
        OutputProbe.Create(state, _texts, parts: 1, usesLabels: false, cancellation);

    private void Search(
        RecipeState state, BitChoices choices, ChildModels models, double[][] table, Action<double> report, CancellationToken cancellation)
    {
        var search = new PlanSearch(table, choices.Find, plan => models.Error(plan, cancellation), _beta, _seed);
        int[][] starts = [choices.Choose(table), .. choices.Own() is int[] own ? [own] : Array.Empty<int[]>()];
        int[] plan = search.Run(starts, _rounds, _children, report);
        state.Plan(
            choices.Bits(plan),
            choices.Matrices.Select((matrix, i) => (matrix.Name, table[i][0])).ToDictionary(pair => pair.Name, pair => pair.Item2, StringComparer.Ordinal));
    }
}
