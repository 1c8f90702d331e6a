using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;
using QuantGen.Training.Randomness;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Gives each matrix as many bits as the curvature of the loss deserves, within a budget (Q-BERT, HAWQ-V2).</summary>
/// <remarks>
/// Shen et al., AAAI 2020: a layer's sensitivity is the top eigenvalue of the loss's Hessian with respect to its matrices, mean and deviation over tenths of
/// the texts. What the plan keeps small is the sum of sensitivity times squared error of the weights, as in HAWQ (Dong et al., ICCV 2019). With probes it is
/// the mean of the Hessian's diagonal of each matrix instead, found by products with random signs (Dong et al., NeurIPS 2020; Hutchinson, 1990).
/// </remarks>
/// <param name="values">The settings.</param>
internal sealed class HessianStep(StepValues values) : IRecipeStep
{
    private readonly int _texts = values.GetWhole("texts");
    private readonly int _probes = values.GetWhole("probes");
    private readonly int _parts = values.GetWhole("parts");
    private readonly int _iterations = values.GetWhole("iterations");
    private readonly double _tolerance = values.Get("tolerance");
    private readonly ulong _seed = (ulong)values.GetWhole("seed");

    /// <summary>What the step may be told.</summary>
    public static StepOption[] Options { get; } =
    [
        .. BitChoices.Options, new("texts", 256, 1, 1e6, IsWhole: true), new("parts", 10, 1, 100, IsWhole: true),
        new("iterations", 100, 1, 10_000, IsWhole: true), new("tolerance", 0.01, 1e-6, 1), new("probes", 0, 0, 1000, IsWhole: true),
        new("seed", 42, 0, int.MaxValue, IsWhole: true),
    ];

    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        var choices = new BitChoices(state, values);
        double[][] costs = choices.SquaredErrors(cancellation);
        Dictionary<string, double> sensitivities;
        using (OutputProbe probe = OutputProbe.Create(state, _texts, _parts, usesLabels: true, cancellation))
        {
            sensitivities = _probes > 0 ? Diagonals(probe, choices.Matrices, progress, cancellation) : Layers(probe, choices.Matrices, progress, cancellation);
        }

        for (int i = 0; i < costs.Length; i++)
        {
            double sensitivity = sensitivities[choices.Matrices[i].Name];
            costs[i] = Array.ConvertAll(costs[i], error => sensitivity * error);
        }

        state.Plan(choices.Bits(choices.Choose(costs)), sensitivities);
    }

    /// <summary>Gets a layer's sensitivity from its top eigenvalues: the mean's magnitude and the deviation over the parts.</summary>
    public static double Sensitivity(double[] eigenvalues)
    {
        double mean = eigenvalues.Average();
        return Math.Abs(mean) + Math.Sqrt(eigenvalues.Average(value => (value - mean) * (value - mean)));
    }

    /// <summary>Estimates the mean of the Hessian's diagonal for each of some parameters; others' values are not looked at.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="addGradients">Adds the loss's gradients.</param>
    /// <param name="probes">How many vectors of random signs.</param>
    /// <param name="random">Draws them.</param>
    public static double[] Diagonals(IReadOnlyList<Parameter> parameters, Action addGradients, int probes, RandomSequence random)
    {
        var product = new HessianProduct(parameters, addGradients);
        double[] means = new double[parameters.Count];
        double[] signs = new double[product.Count];
        for (int probe = 0; probe < probes; probe++)
        {
            for (int i = 0; i < signs.Length; i++)
            {
                signs[i] = (random.Next() >> 63) == 0 ? 1 : -1;
            }

            double[] found = product.Of(signs);
            for (int m = 0, at = 0; m < means.Length; m++)
            {
                int count = parameters[m].Values.Length;
                double sum = 0;
                for (int end = at + count; at < end; at++)
                {
                    sum += signs[at] * found[at];
                }

                means[m] += sum / ((double)count * probes);
            }
        }

        return means;
    }

    private static Parameter[] ParametersOf(OutputProbe probe, IEnumerable<MatrixSpec> matrices) =>
        [.. matrices.Select(matrix => probe.Parameters.Single(parameter => parameter.Name == matrix.Name + ".weight"))];

    private Dictionary<string, double> Layers(OutputProbe probe, MatrixSpec[] matrices, IProgress<double>? progress, CancellationToken cancellation)
    {
        var sensitivities = new Dictionary<string, double>(StringComparer.Ordinal);
        IGrouping<string, MatrixSpec>[] blocks = [.. matrices.GroupBy(matrix => WeightJob.BlockOf(matrix.Name))];
        for (int block = 0; block < blocks.Length; block++)
        {
            int before = block;
            double[] eigenvalues = Eigenvalues(
                probe, ParametersOf(probe, blocks[block]), (ulong)block, share => progress?.Report((before + share) / blocks.Length), cancellation);
            foreach (MatrixSpec matrix in blocks[block])
            {
                sensitivities[matrix.Name] = Sensitivity(eigenvalues);
            }
        }

        return sensitivities;
    }

    private Dictionary<string, double> Diagonals(OutputProbe probe, MatrixSpec[] matrices, IProgress<double>? progress, CancellationToken cancellation)
    {
        Parameter[] parameters = ParametersOf(probe, matrices);
        double[] sums = new double[matrices.Length];
        for (int part = 0; part < probe.PartCount; part++)
        {
            cancellation.ThrowIfCancellationRequested();
            int own = part;
            double[] found = Diagonals(parameters, () => probe.AddGradients(own), _probes, new RandomSequence(_seed, RandomPlace.Vectors, (ulong)part));
            for (int m = 0; m < sums.Length; m++)
            {
                sums[m] += found[m] / probe.PartCount;
            }

            progress?.Report((part + 1.0) / probe.PartCount);
        }

        return matrices.Select((matrix, m) => (matrix.Name, Value: Math.Abs(sums[m])))
            .ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);
    }

    // Parts of the same texts have similar eigenvectors: each search begins where the last one ended.
    private double[] Eigenvalues(OutputProbe probe, Parameter[] parameters, ulong block, Action<double> report, CancellationToken cancellation)
    {
        int part = 0;
        var product = new HessianProduct(parameters, () => probe.AddGradients(part));
        var random = new RandomSequence(_seed, RandomPlace.Vectors, block);
        double[] vector = new double[product.Count];
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = random.Normal();
        }

        double[] eigenvalues = new double[probe.PartCount];
        for (; part < eigenvalues.Length; part++)
        {
            (eigenvalues[part], vector) = PowerIteration.Run(
                direction =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    return product.Of(direction);
                },
                vector, _tolerance, _iterations);
            report((part + 1.0) / eigenvalues.Length);
        }

        return eigenvalues;
    }
}
