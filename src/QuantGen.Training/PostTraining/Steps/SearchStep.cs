using QuantGen.Specs;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Searches how each matrix is stored: children are compared by what they lose, within a budget (after CP-NAS).</summary>
/// <remarks>
/// Each matrix alone in each way gives a table of errors, and the plan that keeps their sum least is where the search begins. A is the negative error of
/// a model's outputs; the parent has the matrices that move in full precision, and all else as the child. Each block's part of the table is a job.
/// With <c>milliseconds</c> what a plan takes is time, measured on this machine before the search and kept with its state: another run may measure and choose
/// otherwise. <c>gradient</c> steps move the shares of a mixture of all ways, and the plan that these prefer is one more place to begin.
/// </remarks>
/// <param name="values">The settings.</param>
internal sealed class SearchStep(StepValues values) : IJobStep
{
    private const string Times = "times";
    private const double NanosecondsPerMillisecond = 1e6;
    private const int GradientParts = 8;

    private readonly int _texts = values.GetWhole("texts");
    private readonly int _rounds = values.GetWhole("rounds");
    private readonly int _children = values.GetWhole("children");
    private readonly double _beta = values.Get("beta");
    private readonly ulong _seed = (ulong)values.GetWhole("seed");
    private readonly double _milliseconds = values.Get("milliseconds");
    private readonly int _tokens = values.GetWhole("tokens");
    private readonly int _gradientSteps = values.GetWhole("gradient");

    /// <summary>What the step may be told.</summary>
    public static StepOption[] Options { get; } =
    [
        .. PlanChoices.Options, new("texts", 128, 1, 1e6, IsWhole: true), new("rounds", 16, 0, 100_000, IsWhole: true),
        new("children", 4, 1, 1000, IsWhole: true), new("beta", 0, 0, 10), new("seed", 42, 0, int.MaxValue, IsWhole: true),
        new("milliseconds", 0, 0, 1e6), new("tokens", 128, 1, 1 << 15, IsWhole: true), new("gradient", 0, 0, 100_000, IsWhole: true),
    ];

    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        PlanChoices choices = Choices(state);
        using OutputProbe probe = Probe(state, cancellation);
        var models = new ChildModels(state, choices, probe);
        double[][] table = new double[choices.Matrices.Length][];
        for (int matrix = 0; matrix < table.Length; matrix++)
        {
            table[matrix] = models.ErrorsAlone(matrix, cancellation);
            progress?.Report(0.5 * (matrix + 1) / table.Length);
        }

        Search(state, choices, models, probe, table, share => progress?.Report(0.5 + (0.5 * share)), cancellation);
    }

    public int JobCount(ModelSpec target, int partsDone) => PlanChoices.Blocks(target).Length;

    public JobResult RunJob(RecipeState state, int job, IProgress<double>? progress, CancellationToken cancellation)
    {
        PlanChoices choices = Choices(state);
        using OutputProbe probe = Probe(state, cancellation);
        var models = new ChildModels(state, choices, probe);
        int[] block = PlanChoices.Blocks(state.Target)[job];
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
        PlanChoices choices = Choices(state);
        double[][] table = new double[choices.Matrices.Length][];
        foreach ((int[] block, JobResult result) in PlanChoices.Blocks(state.Target).Zip(results))
        {
            int start = 0;
            foreach (int matrix in block)
            {
                int count = choices.Choices[matrix].Length;
                table[matrix] = [.. result.Numbers.Skip(start).Take(count)];
                start += count;
            }
        }

        using OutputProbe probe = Probe(state, cancellation);
        Search(state, choices, new ChildModels(state, choices, probe), probe, table, share => progress?.Report(share), cancellation);
    }

    private PlanChoices Choices(RecipeState state) => _milliseconds > 0 && values.Get("bits") + values.Get("bytes") > 0
        ? throw new InvalidDataException("'milliseconds' is a budget of its own: it excludes 'bits' and 'bytes'")
        : new PlanChoices(state, values);

    private OutputProbe Probe(RecipeState state, CancellationToken cancellation) =>
        OutputProbe.Create(state, _texts, _gradientSteps > 0 ? GradientParts : 1, usesLabels: false, cancellation);

    private void Search(
        RecipeState state, PlanChoices choices, ChildModels models, OutputProbe probe, double[][] table, Action<double> report,
        CancellationToken cancellation)
    {
        double rest = _milliseconds > 0 ? Limit(state, choices, cancellation) : 0;
        double[][] useful = choices.WithoutDominated(table);
        var starts = new List<int[]> { choices.Choose(useful) };
        if (choices.Own() is int[] own)
        {
            starts.Add(own);
        }

        if (_gradientSteps > 0)
        {
            starts.Add(choices.Choose(Preferred(state, choices, probe, share => report(0.5 * share), cancellation)));
            models.Forget();
        }

        double begun = _gradientSteps > 0 ? 0.5 : 0;
        var search = new PlanSearch(useful, choices.Find, plan => models.Error(plan, cancellation), _beta, _seed);
        int[] plan = search.Run(starts, _rounds, _children, share => report(begun + ((1 - begun) * share)));
        if (_milliseconds > 0)
        {
            state.PlannedMilliseconds = (rest + choices.Taken(plan)) / NanosecondsPerMillisecond;
        }

        state.Plan(
            choices.Chosen(plan),
            choices.Matrices.Select((matrix, i) => (matrix.Name, table[i][0])).ToDictionary(pair => pair.Name, pair => pair.Item2, StringComparer.Ordinal));
    }

    // A run that continues has the times that were measured before.
    private double Limit(RecipeState state, PlanChoices choices, CancellationToken cancellation)
    {
        if (!state.HandedOn.TryGetValue(Times, out float[]? times))
        {
            times = new ChoiceTimes(state, _tokens).Measure(choices, cancellation);
            state.PartDone((Times, times));
        }

        int at = 1;
        long[][] sizes = [.. choices.Choices.Select(own => own.Select(_ => (long)times[at++]).ToArray())];
        choices.Limit(sizes, (long)((_milliseconds * NanosecondsPerMillisecond) - times[0]));
        return times[0];
    }

    private double[][] Preferred(RecipeState state, PlanChoices choices, OutputProbe probe, Action<double> report, CancellationToken cancellation)
    {
        var mixtures = new MixedModels(state, choices, probe, cancellation);
        var search = new MixtureSearch(
            Array.ConvertAll(choices.Choices, own => own.Length),
            (shares, part) =>
            {
                cancellation.ThrowIfCancellationRequested();
                return mixtures.Gradients(shares, part);
            },
            probe.PartCount);
        return search.Run(_gradientSteps, report);
    }
}
