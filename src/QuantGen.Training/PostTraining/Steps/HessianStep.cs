using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;
using QuantGen.Training.Randomness;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Gives each matrix as many bits as the curvature of the loss in its layer deserves, within a budget (Q-BERT).</summary>
/// <remarks>
/// Shen et al., AAAI 2020: a layer's sensitivity is the top eigenvalue of the loss's Hessian with respect to its matrices, mean and deviation over tenths of
/// the texts. What the plan keeps small is the sum of sensitivity times squared error of the weights, as in HAWQ (Dong et al., ICCV 2019).
/// </remarks>
/// <param name="values">The settings.</param>
internal sealed class HessianStep(StepValues values) : IJobStep
{
    private readonly int _texts = values.GetWhole("texts");
    private readonly int _parts = values.GetWhole("parts");
    private readonly int _iterations = values.GetWhole("iterations");
    private readonly double _tolerance = values.Get("tolerance");
    private readonly ulong _seed = (ulong)values.GetWhole("seed");

    /// <summary>What the step may be told.</summary>
    public static StepOption[] Options { get; } =
    [
        .. PlanChoices.Options, new("texts", 256, 1, 1e6, IsWhole: true), new("parts", 10, 1, 100, IsWhole: true),
        new("iterations", 100, 1, 10_000, IsWhole: true), new("tolerance", 0.01, 1e-6, 1), new("seed", 42, 0, int.MaxValue, IsWhole: true),
    ];

    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        var choices = new PlanChoices(state, values);
        int[][] blocks = PlanChoices.Blocks(state.Target);
        double[][] eigenvalues = new double[blocks.Length][];
        using (OutputProbe probe = Probe(state, cancellation))
        {
            for (int block = 0; block < blocks.Length; block++)
            {
                double before = block;
                eigenvalues[block] = Eigenvalues(
                    probe, Matrices(choices, blocks[block]), (ulong)block, share => progress?.Report((before + share) / blocks.Length), cancellation);
            }
        }

        Plan(state, choices, eigenvalues, cancellation);
    }

    public int JobCount(ModelSpec target, int partsDone) => PlanChoices.Blocks(target).Length;

    public JobResult RunJob(RecipeState state, int job, IProgress<double>? progress, CancellationToken cancellation)
    {
        using OutputProbe probe = Probe(state, cancellation);
        MatrixSpec[] matrices = Matrices(new PlanChoices(state, values), PlanChoices.Blocks(state.Target)[job]);
        return new JobResult { Numbers = Eigenvalues(probe, matrices, (ulong)job, share => progress?.Report(share), cancellation) };
    }

    public void Join(RecipeState state, IReadOnlyList<JobResult> results, IProgress<double>? progress, CancellationToken cancellation) =>
        Plan(state, new PlanChoices(state, values), [.. results.Select(result => result.Numbers.ToArray())], cancellation);

    /// <summary>Gets a layer's sensitivity from its top eigenvalues: the mean's magnitude and the deviation over the parts.</summary>
    public static double Sensitivity(double[] eigenvalues)
    {
        double mean = eigenvalues.Average();
        return Math.Abs(mean) + Math.Sqrt(eigenvalues.Average(value => (value - mean) * (value - mean)));
    }

    private OutputProbe Probe(RecipeState state, CancellationToken cancellation) =>
        OutputProbe.Create(state, _texts, _parts, usesLabels: true, cancellation);

    private static MatrixSpec[] Matrices(PlanChoices choices, int[] block) => Array.ConvertAll(block, index => choices.Matrices[index]);

    private static void Plan(RecipeState state, PlanChoices choices, double[][] eigenvalues, CancellationToken cancellation)
    {
        double[][] costs = choices.SquaredErrors(cancellation);
        var sensitivities = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach ((int[] block, double[] own) in PlanChoices.Blocks(state.Target).Zip(eigenvalues))
        {
            double sensitivity = Sensitivity(own);
            foreach (int index in block)
            {
                sensitivities[choices.Matrices[index].Name] = sensitivity;
                costs[index] = Array.ConvertAll(costs[index], error => sensitivity * error);
            }
        }

        state.Plan(choices.Chosen(choices.Choose(costs)), sensitivities);
    }

    // Parts of the same texts have similar eigenvectors: each search begins where the last one ended.
    private double[] Eigenvalues(OutputProbe probe, MatrixSpec[] matrices, ulong block, Action<double> report, CancellationToken cancellation)
    {
        HashSet<string> names = [.. matrices.Select(matrix => matrix.Name + ".weight")];
        Parameter[] parameters = [.. probe.Parameters.Where(parameter => names.Contains(parameter.Name))];
        int part = 0;
        var product = new HessianProduct(parameters, () => probe.AddGradients(part));
        double[] vector = product.RandomVector(new RandomSequence(_seed, RandomPlace.Vectors, block));
        double[] eigenvalues = new double[probe.PartCount];
        for (; part < eigenvalues.Length; part++)
        {
            (eigenvalues[part], vector) = product.TopEigenvalue(vector, _tolerance, _iterations, cancellation);
            report((part + 1.0) / eigenvalues.Length);
        }

        return eigenvalues;
    }
}
