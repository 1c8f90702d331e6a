using QuantGen.Files;
using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Which widths the matrices of a model may have, what these take, and what a plan may take in all.</summary>
internal sealed class BitChoices
{
    private const int MostBits = 8;

    private readonly RecipeState _state;
    private readonly Dictionary<int, WeightJob[]> _jobs;
    private readonly long _budget;

    /// <summary>Lists the choices.</summary>
    /// <param name="state">The model.</param>
    /// <param name="values">The step's settings.</param>
    /// <exception cref="InvalidDataException">The settings leave no choice.</exception>
    public BitChoices(RecipeState state, StepValues values)
    {
        (int least, int most) = (values.GetWhole("least_bits"), values.GetWhole("most_bits"));
        if (least > most)
        {
            throw new InvalidDataException(FormattableString.Invariant($"'least_bits' is {least}, and 'most_bits' is only {most}"));
        }

        _state = state;
        Matrices = [.. state.Target.Matrices.Where(IsPlanned)];
        Widths = [.. Matrices.Select(matrix => Enumerable.Range(least, most - least + 1).Where(state.Recipe.For(matrix).Traits.Bits.Contains).ToArray())];
        if (Array.FindIndex(Widths, widths => widths.Length == 0) is >= 0 and int none)
        {
            throw new InvalidDataException(
                FormattableString.Invariant($"the scheme of '{Matrices[none].Name}' has no width from {least} to {most} bits"));
        }

        Bytes = [.. Matrices.Select((matrix, i) => Array.ConvertAll(Widths[i], bits => (matrix with { Bits = bits }).CodeBytes()))];
        _budget = Budget(values);
        _jobs = Widths.SelectMany(widths => widths).Distinct().ToDictionary(bits => bits, JobsOf);
    }

    /// <summary>Gets what steps that plan may be told of widths and budget.</summary>
    /// <remarks><c>bits</c> is the mean of a weight, 0 for the model's own; <c>bytes</c> is a bound for all tensors of the file, 0 for none.</remarks>
    public static StepOption[] Options { get; } =
    [
        new("bits", 0, 0, MostBits), new("bytes", 0, 0, 1e12, IsWhole: true), new("least_bits", 2, 2, MostBits, IsWhole: true),
        new("most_bits", MostBits, 2, MostBits, IsWhole: true),
    ];

    /// <summary>Gets the matrices that are planned.</summary>
    public MatrixSpec[] Matrices { get; }

    /// <summary>Gets the widths of each, ascending.</summary>
    public int[][] Widths { get; }

    /// <summary>Gets the bytes of its codes at each width.</summary>
    public long[][] Bytes { get; }

    /// <summary>Says why a model's bits cannot be planned; null when they can.</summary>
    public static string? Refusal(ModelSpec spec) => spec.Matrices.Any(IsPlanned) ? null : "no matrix has evenly spaced codes of one width";

    /// <summary>Gets the blocks of a model whose matrices are looked at together, those outside of layers each alone; the indices of each block's.</summary>
    public static int[][] Blocks(ModelSpec spec) =>
    [
        .. spec.Matrices.Where(IsPlanned).Select((matrix, index) => (matrix.Name, Index: index)).GroupBy(pair => WeightJob.BlockOf(pair.Name))
            .Select(block => block.Select(pair => pair.Index).ToArray()),
    ];

    /// <summary>Rounds a matrix to one of its widths.</summary>
    public QuantizedMatrix Fit(int matrix, int choice, float[] weights, CancellationToken cancellation) =>
        _jobs[Widths[matrix][choice]][matrix].Fit(weights, cancellation);

    /// <summary>Gets the summed squares of what each width takes from each matrix.</summary>
    public double[][] SquaredErrors(CancellationToken cancellation)
    {
        double[][] errors = [.. Widths.Select(widths => new double[widths.Length])];
        LoadLoop.Run(
            _state.Threads,
            Matrices.Length,
            i =>
            {
                float[] weights = _state.Weights.Read(Matrices[i].Name + ".weight");
                float[] rounded = new float[weights.Length];
                for (int choice = 0; choice < Widths[i].Length; choice++)
                {
                    Fit(i, choice, weights, cancellation).Dequantize(rounded);
                    double sum = 0;
                    for (int k = 0; k < weights.Length; k++)
                    {
                        double difference = (double)weights[k] - rounded[k];
                        sum += difference * difference;
                    }

                    errors[i][choice] = sum;
                }
            },
            cancellation);
        return errors;
    }

    /// <summary>Chooses a width for each matrix, so that the costs' sum is least within the budget; null when no choice is.</summary>
    public int[]? Find(double[][] costs) => BitBudget.Choose(Bytes, costs, _budget);

    /// <summary>Chooses in the same way.</summary>
    /// <exception cref="InvalidDataException">The budget is too small.</exception>
    public int[] Choose(double[][] costs) => Find(costs) ?? throw new InvalidDataException(FormattableString.Invariant(
        $"the codes of all matrices take at least {Bytes.Sum(bytes => bytes[0]):N0} bytes, and the budget leaves {Math.Max(0, _budget):N0} for them"));

    /// <summary>Gets the widths that the model has without a plan; null where these are no choice, or above the budget.</summary>
    public int[]? Own()
    {
        int[] own = [.. Matrices.Select((matrix, i) => Array.IndexOf(Widths[i], matrix.Bits))];
        return own.Contains(-1) || own.Select((choice, i) => Bytes[i][choice]).Sum() > _budget ? null : own;
    }

    /// <summary>Gets the bits of each matrix by its name.</summary>
    public Dictionary<string, int> Bits(int[] chosen) => Matrices.Select((matrix, i) => (matrix.Name, Bits: Widths[i][chosen[i]]))
        .ToDictionary(pair => pair.Name, pair => pair.Bits, StringComparer.Ordinal);

    private static bool IsPlanned(MatrixSpec matrix) => matrix.IsUniform && !matrix.IsMixed;

    private WeightJob[] JobsOf(int bits)
    {
        ModelSpec target = _state.Target with { Matrices = new(_state.Target.Matrices.Select(m => IsPlanned(m) ? m with { Bits = bits } : m)) };
        return [.. WeightJob.Of(target, _state.Recipe).Skip(1).Where(job => IsPlanned(job.Matrix))];
    }

    // Scales take the same at every width, so that codes are all that is planned.
    private long Budget(StepValues values)
    {
        long own = Matrices.Sum(matrix => matrix.CodeBytes());
        long weights = Matrices.Sum(matrix => (long)matrix.Rows * matrix.Columns);
        double bits = values.Get("bits");
        double bytes = values.Get("bytes");
        long byBits = bits > 0 ? (long)(bits * weights / 8) : bytes > 0 ? long.MaxValue : own;
        long rest = PackedLayout.Packed(_state.Target).Sum(tensor => tensor.Bytes) - own + _state.Options.Tokenizer.VocabularyBytes.Length;
        return bytes > 0 ? Math.Min(byBits, (long)bytes - rest) : byBits;
    }
}
