using QuantGen.Trainable;

namespace QuantGen.Training.Optimization;

/// <summary>Changes the parameters of a model by their gradients: AdamW or BERT's own Adam.</summary>
/// <remarks>
/// Learned thresholds stay positive: below 1e-8 they become 1e-8. A step whose gradients are not all finite changes nothing. Every step clears the gradients.
/// Results do not depend on the number of threads.
/// </remarks>
public sealed class AdamOptimizer
{
    /// <summary>The smallest learned threshold.</summary>
    public const float SmallestScale = 1e-8f;

    private readonly IReadOnlyList<Parameter> _all;
    private readonly Parameter[] _trained;
    private readonly float[][] _first;
    private readonly float[][] _second;
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
        _trained = [.. parameters.Where(IsTrained)];
        _first = Array.ConvertAll(_trained, parameter => new float[parameter.Values.Length]);
        _second = Array.ConvertAll(_trained, parameter => new float[parameter.Values.Length]);
        _options = options;
        _threads = threads;
    }

    /// <summary>Gets the number of steps that changed something.</summary>
    public long Steps { get; private set; }

    /// <summary>Gets the moments, to be saved: the parameters' names with <c>.first</c> or <c>.second</c> behind them.</summary>
    public IEnumerable<KeyValuePair<string, float[]>> Moments => _trained.SelectMany((parameter, i) => new KeyValuePair<string, float[]>[]
    {
        new(parameter.Name + ".first", _first[i]),
        new(parameter.Name + ".second", _second[i]),
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
        if (steps > 0)
        {
            UpdateCurvature();
        }
    }

    /// <summary>Changes the parameters and clears all gradients.</summary>
    /// <param name="multiplier">The factor of all learning rates at this step.</param>
    public StepOutcome Step(double multiplier)
    {
        double[] squares = [.. _trained.Select(SumOfSquares)];
        double norm = Math.Sqrt(FixedChunks.Fold(squares));
        if (!double.IsFinite(norm))
        {
            ClearGradients(_all);
            return new StepOutcome(norm, IsSkipped: true);
        }

        Steps++;
        double clip = ClipFactor(norm);
        for (int i = 0; i < _trained.Length; i++)
        {
            (double rate, double decay) = _options.GroupOf(_trained[i].Kind);
            double factor = _options.Kind == OptimizerKind.BertAdam ? ClipFactor(Math.Sqrt(squares[i])) : clip;
            Move(i, AdamCoefficients.Of(_options, rate * multiplier, decay, Steps, factor));
        }

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

    private double SumOfSquares(Parameter parameter) => FixedChunks.Sum(
        parameter.Gradients.Length, _threads, (first, length) => AdamKernel.SumOfSquares(parameter.Gradients.AsSpan(first, length)));

    private double ClipFactor(double norm) => norm > _options.MaxGradientNorm ? _options.MaxGradientNorm / (norm + 1e-6) : 1;

    private void Move(int index, AdamCoefficients coefficients)
    {
        Parameter parameter = _trained[index];
        FixedChunks.Run(parameter.Values.Length, _threads, (_, first, length) => AdamKernel.Step(
            parameter.Values.AsSpan(first, length),
            parameter.Gradients.AsSpan(first, length),
            _first[index].AsSpan(first, length),
            _second[index].AsSpan(first, length),
            coefficients));
        if (parameter.Kind is ParameterKind.WeightScale or ParameterKind.ActivationScale)
        {
            foreach (ref float scale in parameter.Values.AsSpan())
            {
                scale = Math.Max(scale, SmallestScale);
            }
        }
    }

    // The root of the second moment estimates the diagonal of the curvature (Hou and Kwok, ICLR 2018).
    private void UpdateCurvature()
    {
        float correction = (float)(1 / Math.Sqrt(1 - Math.Pow(_options.Beta2, Steps)));
        for (int i = 0; i < _trained.Length; i++)
        {
            if (_trained[i] is { WantsCurvature: true } parameter)
            {
                float[] second = _second[i];
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
