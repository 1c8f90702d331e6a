using QuantGen.Files;
using QuantGen.Schemes;
using QuantGen.Specs;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Which ways the matrices of a model may be stored in, what these take, and what a plan may take in all.</summary>
internal sealed class PlanChoices
{
    private const int MostBits = 8;

    // Twice as many scales change little.
    private const int GroupFactor = 4;

    private readonly RecipeState _state;
    private readonly WeightJob[][] _jobs;
    private long[][] _sizes;
    private long _budget;
    private string _takes = "the codes and scales of all matrices take, in bytes,";

    /// <summary>Lists the choices; what they take is bytes.</summary>
    /// <param name="state">The model.</param>
    /// <param name="values">The step's settings.</param>
    /// <exception cref="InvalidDataException">The settings leave no choice.</exception>
    public PlanChoices(RecipeState state, StepValues values)
    {
        (int least, int most) = (values.GetWhole("least_bits"), values.GetWhole("most_bits"));
        if (least > most)
        {
            throw new InvalidDataException(FormattableString.Invariant($"'least_bits' is {least}, and 'most_bits' is only {most}"));
        }

        _state = state;
        Matrices = [.. state.Target.Matrices.Where(IsPlanned)];
        Choices = [.. Matrices.Select(matrix => ChoicesOf(matrix, state.Recipe, Enumerable.Range(least, most - least + 1), values))];
        if (Array.FindIndex(Choices, own => own.Length == 0) is >= 0 and int none)
        {
            throw new InvalidDataException(
                FormattableString.Invariant($"the scheme of '{Matrices[none].Name}' has no width from {least} to {most} bits"));
        }

        _jobs = [.. Matrices.Select((matrix, i) => Array.ConvertAll(Choices[i], choice => WeightJob.Of(choice.ApplyTo(matrix), state.Recipe)))];
        _sizes = [.. Matrices.Select((matrix, i) => Array.ConvertAll(Choices[i], choice => Bytes(choice.ApplyTo(matrix))))];
        _budget = ByteBudget(values);
    }

    /// <summary>Gets what steps that plan may be told of choices and budget.</summary>
    /// <remarks><c>bits</c> is the mean of a weight, 0 for the model's own; <c>bytes</c> is a bound for all tensors of the file, 0 for none;
    /// <c>most_groups</c> lets matrices have more scales, 0 for as many as they have; <c>codebooks</c> lets them have a codebook instead.</remarks>
    public static StepOption[] Options { get; } =
    [
        new("bits", 0, 0, MostBits), new("bytes", 0, 0, 1e12, IsWhole: true), new("least_bits", 2, 2, MostBits, IsWhole: true),
        new("most_bits", MostBits, 2, MostBits, IsWhole: true), new("most_groups", 0, 0, 1 << 16, IsWhole: true), new("codebooks", 0, 0, 1, IsWhole: true),
    ];

    /// <summary>Gets the matrices that are planned.</summary>
    public MatrixSpec[] Matrices { get; }

    /// <summary>Gets the choices of each, those of fewer bytes first.</summary>
    public MatrixChoice[][] Choices { get; }

    /// <summary>Says why a model's matrices cannot be planned; null when they can.</summary>
    public static string? Refusal(ModelSpec spec) => spec.Matrices.Any(IsPlanned) ? null : "no matrix has evenly spaced codes of one width";

    /// <summary>Gets the blocks of a model whose matrices are looked at together, those outside of layers each alone; the indices of each block's.</summary>
    public static int[][] Blocks(ModelSpec spec) =>
    [
        .. spec.Matrices.Where(IsPlanned).Select((matrix, index) => (matrix.Name, Index: index)).GroupBy(pair => WeightJob.BlockOf(pair.Name))
            .Select(block => block.Select(pair => pair.Index).ToArray()),
    ];

    /// <summary>Makes times what choices take.</summary>
    /// <param name="nanoseconds">Of each choice of each matrix.</param>
    /// <param name="budget">The most nanoseconds of all matrices.</param>
    public void Limit(long[][] nanoseconds, long budget) =>
        (_sizes, _budget, _takes) = (nanoseconds, budget, "the products of all matrices take, in nanoseconds,");

    /// <summary>Finds what stands for a matrix's weights in one of the ways; writes the values.</summary>
    public Action<float[]> Fit(int matrix, int choice, float[] weights, CancellationToken cancellation) =>
        _jobs[matrix][choice].Values(weights, _state.Recipe, cancellation);

    /// <summary>Gets the summed squares of what each choice takes from each matrix.</summary>
    public double[][] SquaredErrors(CancellationToken cancellation)
    {
        double[][] errors = [.. Choices.Select(own => new double[own.Length])];
        LoadLoop.Run(
            _state.Threads,
            Matrices.Length,
            i =>
            {
                float[] weights = _state.Weights.Read(Matrices[i].Name + ".weight");
                float[] rounded = new float[weights.Length];
                for (int choice = 0; choice < errors[i].Length; choice++)
                {
                    Fit(i, choice, weights, cancellation)(rounded);
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

    /// <summary>Chooses for each matrix, so that the costs' sum is least within the budget; null when no choice is.</summary>
    public int[]? Find(double[][] costs) => BitBudget.Choose(_sizes, costs, _budget);

    /// <summary>Chooses in the same way.</summary>
    /// <exception cref="InvalidDataException">The budget is too small.</exception>
    public int[] Choose(double[][] costs) => Find(costs) ?? throw new InvalidDataException(FormattableString.Invariant(
        $"{_takes} at least {_sizes.Sum(own => own.Min()):N0}, and the budget leaves {Math.Max(0, _budget):N0} for them"));

    /// <summary>Gets a table in which choices cost infinitely much that take no less than another and lose no less.</summary>
    public double[][] WithoutDominated(double[][] costs) =>
    [
        .. costs.Select((own, i) => own.Select((cost, c) => Enumerable.Range(0, own.Length).Any(other => IsBetter(i, own, other, c))
            ? double.PositiveInfinity : cost).ToArray()),
    ];

    /// <summary>Gets the choices that the model has without a plan; null where these are none, or above the budget.</summary>
    public int[]? Own()
    {
        int[] own = [.. Matrices.Select((matrix, i) => Array.IndexOf(Choices[i], MatrixChoice.Of(matrix)))];
        return own.Contains(-1) || own.Select((choice, i) => _sizes[i][choice]).Sum() > _budget ? null : own;
    }

    /// <summary>Gets what a plan takes: bytes or nanoseconds.</summary>
    public long Taken(int[] plan) => plan.Select((choice, i) => _sizes[i][choice]).Sum();

    /// <summary>Gets how each matrix is stored, by its name.</summary>
    public Dictionary<string, MatrixChoice> Chosen(int[] plan) =>
        Matrices.Select((matrix, i) => (matrix.Name, Choice: Choices[i][plan[i]])).ToDictionary(pair => pair.Name, pair => pair.Choice, StringComparer.Ordinal);

    private static bool IsPlanned(MatrixSpec matrix) => matrix.IsUniform && !matrix.IsMixed;

    private static MatrixChoice[] ChoicesOf(MatrixSpec matrix, Recipe recipe, IEnumerable<int> widths, StepValues values)
    {
        SchemeTraits traits = recipe.For(matrix).Traits;
        var groups = new List<int> { matrix.GroupCount };
        int most = traits.HasGroups && matrix.GroupSize == 0 ? values.GetWhole("most_groups") : 0;
        for (int more = matrix.GroupCount * GroupFactor; more <= most; more *= GroupFactor)
        {
            if (matrix.Rows % more == 0)
            {
                groups.Add(more);
            }
        }

        IEnumerable<MatrixChoice> all = widths.Where(traits.Bits.Contains).SelectMany(bits => groups.Select(count => new MatrixChoice(bits, count, false)));
        if (values.GetWhole("codebooks") == 1)
        {
            all = all.Concat(widths.Where(WeightSchemes.For(Storage.Codebook, recipe.Scheme).Bits.Contains).Select(bits => new MatrixChoice(bits, 1, true)));
        }

        return [.. all.OrderBy(choice => Bytes(choice.ApplyTo(matrix)))];
    }

    // The first of equal ones is kept.
    private bool IsBetter(int matrix, double[] costs, int other, int own)
    {
        (long size, long otherSize) = (_sizes[matrix][own], _sizes[matrix][other]);
        return otherSize <= size && costs[other] <= costs[own] && (otherSize < size || costs[other] < costs[own] || other < own);
    }

    private static long Bytes(MatrixSpec matrix) =>
        matrix.CodeBytes() + (sizeof(float) * (long)(matrix.ScaleCount + matrix.CodebookLength)) + (matrix.HasZeroPoints ? matrix.ScaleCount : 0);

    private long ByteBudget(StepValues values)
    {
        long own = Matrices.Sum(Bytes);
        long weights = Matrices.Sum(matrix => (long)matrix.Rows * matrix.Columns);
        double bits = values.Get("bits");
        double bytes = values.Get("bytes");
        long byBits = bits > 0 ? (long)(bits * weights / 8) + own - Matrices.Sum(matrix => matrix.CodeBytes()) : bytes > 0 ? long.MaxValue : own;
        long rest = PackedLayout.Packed(_state.Target).Sum(tensor => tensor.Bytes) - own + _state.Options.Tokenizer.VocabularyBytes.Length;
        return bytes > 0 ? Math.Min(byBits, (long)bytes - rest) : byBits;
    }
}
