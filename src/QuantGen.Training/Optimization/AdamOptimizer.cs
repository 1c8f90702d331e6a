using QuantGen.Trainable;

namespace QuantGen.Training.Optimization;

/// <summary>Changes the parameters of a model by their gradients: AdamW or BERT's own Adam.</summary>
/// <remarks>
/// Learned thresholds stay positive: below 1e-8 they become 1e-8. A step whose gradients are not all finite changes nothing. Every step clears the gradients.
/// Results do not depend on the number of threads. Rows of embeddings that never had a gradient are only decayed, which gives the same bits.
/// </remarks>
public sealed class AdamOptimizer
{
    /// <summary>The smallest learned threshold.</summary>
    public const float SmallestScale = 1e-8f;

    private readonly IReadOnlyList<Parameter> _all;
    private readonly AdamParameter[] _trained;
    private readonly (int Parameter, int First, int Length)[] _chunks;
    private readonly OptimizerOptions _options;
    private readonly int _threads;

    /// <summary>Creates an optimizer whose moments are zero.</summary>
    /// <param name="parameters">A model's parameters; those that are not <see cref="IsTrained"/> now never change.</param>
    /// <param name="options">Algorithm and learning rates.</param>
    /// <param name="threads">The most threads.</param>
    public AdamOptimizer(IReadOnlyList<Parameter> parameters, OptimizerOptions options, int threads)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _all = parameters;
        _trained = [.. parameters.Where(IsTrained).Select(parameter => new AdamParameter(parameter))];
        _chunks =
        [
            .. from index in Enumerable.Range(0, _trained.Length)
               let elements = _trained[index].First.Length
               from chunk in Enumerable.Range(0, FixedChunks.Count(elements))
               let first = chunk * FixedChunks.Size
               select (index, first, Math.Min(FixedChunks.Size, elements - first)),
        ];
        _options = options;

        // What fits into a cache is done before another thread has begun.
        _threads = _trained.Sum(moved => (long)moved.First.Length) <= 2 * FixedChunks.Size ? 1 : threads;
    }

    /// <summary>Gets the number of steps that changed something.</summary>
    public long Steps { get; private set; }

    /// <summary>Gets the moments, to be saved: the parameters' names with <c>.first</c> or <c>.second</c> behind them.</summary>
    public IEnumerable<KeyValuePair<string, float[]>> Moments => _trained.SelectMany(moved => new KeyValuePair<string, float[]>[]
    {
        new(moved.Parameter.Name + ".first", moved.First),
        new(moved.Parameter.Name + ".second", moved.Second),
    });

    /// <summary>Says whether an optimizer changes a parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    public static bool IsTrained(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter is { IsTrained: true, IsFrozen: false } && parameter.Kind != ParameterKind.RunningRange;
    }

    /// <summary>Continues where another optimizer stopped, once its <see cref="Moments"/> were filled in.</summary>
    /// <param name="steps">That optimizer's <see cref="Steps"/>.</param>
    public void Resume(long steps)
    {
        Steps = steps;
        Array.ForEach(_trained, moved => moved.Resume());
        if (steps > 0)
        {
            UpdateCurvature();
        }
    }

    /// <summary>Changes the parameters and clears all gradients.</summary>
    /// <param name="multiplier">The factor of all learning rates at this step.</param>
    public StepOutcome Step(double multiplier)
    {
        double[] squares = SumsOfSquares();
        double norm = Math.Sqrt(FixedChunks.Fold(squares));
        if (!double.IsFinite(norm))
        {
            ClearGradients(_all);
            return new StepOutcome(norm, IsSkipped: true);
        }

        Steps++;
        Move(Coefficients(multiplier, squares, ClipFactor(norm)));
        ClearGradients(_all.Where(parameter => !IsTrained(parameter)));
        UpdateCurvature();
        return new StepOutcome(norm, IsSkipped: false);
    }

    /// <summary>Clears all gradients and changes nothing: those of a step whose loss is not finite.</summary>
    public StepOutcome Skip()
    {
        ClearGradients(_all);
        return new StepOutcome(double.NaN, IsSkipped: true);
    }

    private static void ClearGradients(IEnumerable<Parameter> parameters)
    {
        foreach (Parameter parameter in parameters)
        {
            Array.Clear(parameter.Gradients);
        }
    }

    // Of every parameter, by chunks: the order of the sums is that of the elements, for any number of threads.
    private double[] SumsOfSquares()
    {
        double[] sums = new double[_chunks.Length];
        FixedChunks.Each(_chunks.Length, _threads, chunk =>
        {
            (int index, int first, int length) = _chunks[chunk];
            sums[chunk] = _trained[index].SumOfSquares(first, length);
        });
        double[] squares = new double[_trained.Length];
        for (int chunk = 0; chunk < sums.Length; chunk++)
        {
            squares[_chunks[chunk].Parameter] += sums[chunk];
        }

        return squares;
    }

    private AdamCoefficients[] Coefficients(double multiplier, double[] squares, double clip)
    {
        var coefficients = new AdamCoefficients[_trained.Length];
        for (int i = 0; i < _trained.Length; i++)
        {
            (double rate, double decay) = _options.GroupOf(_trained[i].Parameter.Kind);
            double factor = _options.Kind == OptimizerKind.BertAdam ? ClipFactor(Math.Sqrt(squares[i])) : clip;
            coefficients[i] = AdamCoefficients.Of(_options, rate * multiplier, decay, Steps, factor);
            _trained[i].Begin(coefficients[i]);
        }

        return coefficients;
    }

    private double ClipFactor(double norm) => norm > _options.MaxGradientNorm ? _options.MaxGradientNorm / (norm + 1e-6) : 1;

    // One pass over values, gradients and both moments, which clips the gradients and clears them, too.
    private void Move(AdamCoefficients[] coefficients)
    {
        FixedChunks.Each(_chunks.Length, _threads, chunk =>
        {
            (int index, int first, int length) = _chunks[chunk];
            _trained[index].Move(first, length, coefficients[index]);
        });
        foreach (AdamParameter moved in _trained)
        {
            if (moved.Parameter.Kind is ParameterKind.WeightScale or ParameterKind.ActivationScale)
            {
                foreach (ref float scale in moved.Parameter.Values.AsSpan())
                {
                    scale = Math.Max(scale, SmallestScale);
                }
            }
        }
    }

    // The root of the second moment estimates the diagonal of the curvature (Hou and Kwok, ICLR 2018).
    private void UpdateCurvature()
    {
        float correction = (float)(1 / Math.Sqrt(1 - Math.Pow(_options.Beta2, Steps)));
        foreach (AdamParameter moved in _trained)
        {
            if (moved.Parameter is { WantsCurvature: true } parameter)
            {
                float[] second = moved.Second;
                float[] curvature = parameter.Curvature ??= new float[second.Length];
                FixedChunks.Run(second.Length, _threads, (_, first, length) =>
                {
                    for (int k = first; k < first + length; k++)
                    {
                        curvature[k] = (MathF.Sqrt(second[k]) * correction) + SmallestScale;
                    }
                });
            }
        }
    }
}
