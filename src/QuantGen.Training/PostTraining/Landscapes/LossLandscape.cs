using QuantGen.Checkpoints;
using QuantGen.Files;
using QuantGen.Graph;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;
using QuantGen.Training.PostTraining.Steps;
using QuantGen.Training.Randomness;

namespace QuantGen.Training.PostTraining.Landscapes;

/// <summary>Shows why few bits are hard to train: the loss around a model, in full precision and rounded.</summary>
/// <remarks>
/// BinaryBERT (Bai et al., ACL 2021), eq 5.18 and 5.19, algorithms.md 4.2: constants are added to the value projections of the first two layers, before they
/// are rounded, and the loss is looked at on a grid of both; beside it the top eigenvalues of the loss's Hessian, which bound what rounding may cost.
/// Embeddings, biases and the output layer stay in full precision.
/// </remarks>
public sealed class LossLandscape : IDisposable
{
    private const double Tolerance = 0.01;
    private const int Layers = 2;

    private readonly RecipeState _state;
    private readonly LandscapeOptions _options;
    private readonly OutputProbe _probe;
    private readonly MatrixSpec[] _matrices;
    private readonly double[] _magnitudes;
    private readonly int[] _shifted;

    /// <summary>Makes the full-precision model.</summary>
    /// <param name="checkpoint">Its weights.</param>
    /// <param name="model">Any model of the checkpoint.</param>
    /// <param name="options">Tokenizer, labels and threads.</param>
    /// <param name="texts">What the loss is of.</param>
    /// <param name="landscape">What is looked at.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="ArgumentException">The model has no two layers of its own, or the options make no sense.</exception>
    /// <exception cref="DataFormatException">A text is longer than the model takes and no maximum length was given.</exception>
    public LossLandscape(
        Checkpoint checkpoint, ModelSpec model, PostTrainingOptions options, CalibrationTexts texts, LandscapeOptions landscape,
        CancellationToken cancellation = default)
        : this(new RecipeState(new WorkingWeights(checkpoint), model, options, texts), landscape, cancellation)
    {
    }

    /// <summary>Makes the full-precision model of a state that is as new.</summary>
    internal LossLandscape(RecipeState state, LandscapeOptions options, CancellationToken cancellation)
    {
        if (Refusal(state.Target) is string refusal)
        {
            throw new ArgumentException(refusal, nameof(state));
        }

        if (options.Points < 3 || options.Points % 2 == 0 || options.Texts < 1)
        {
            throw new ArgumentException("The points of an axis are an odd number from 3, and there is at least one text.", nameof(options));
        }

        _state = state;
        _options = options;
        ModelGraph graph = state.Target.Graph;
        _matrices = [.. state.Target.Matrices.Where(matrix => LayerNames.IsInLayer(matrix.Name))];
        _magnitudes = [.. _matrices.Select(matrix => state.Weights.Read(matrix.Name + ".weight").Average(value => Math.Abs((double)value)))];
        _shifted =
        [
            .. Enumerable.Range(0, Layers).Select(layer => graph.Layers[layer].OfType<LinearNode>().Single(node => node.Output == graph.Attention(layer).Value))
                .Select(node => Array.FindIndex(_matrices, matrix => matrix.Name == node.Name)),
        ];
        _probe = OutputProbe.Create(state, options.Texts, parts: 1, options.UsesLabels, cancellation);
    }

    /// <summary>Says why a model's landscape cannot be looked at; null when it can.</summary>
    /// <param name="model">The model.</param>
    public static string? Refusal(ModelSpec model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.BlockCount < Layers ? "a loss landscape is over the value projections of two layers, and this model has only one of its own" : null;
    }

    /// <summary>Looks at the loss around the weights that a recipe began with, and those it made.</summary>
    /// <param name="run">The recipe, whose steps have run.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>A line for each of the first two layers, and one from the first weights to the last; none without texts, where layers share their weights, or
    /// where steps have moved factors.</returns>
    public static IReadOnlyList<LossSlice> SlicesOf(RecipeRun run, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        (ModelSpec model, PostTrainingOptions own, CalibrationTexts? texts, RecipeState state) = run.Work;
        if (texts?.Data is null || Refusal(model) is not null || state.Target.HasResidualFactors != model.HasResidualFactors)
        {
            return [];
        }

        var options = new LandscapeOptions { UsesLabels = false };
        using var landscape = new LossLandscape(state.Weights.Checkpoint, model, own, texts, options, cancellation);
        return landscape.Slices(state, cancellation);
    }

    /// <summary>Looks at one of the models.</summary>
    /// <param name="bits">Bits of its linear layers; 32 for full precision.</param>
    /// <param name="progress">Who is told how much of it is done, from 0 to 1; null for nobody.</param>
    /// <param name="cancellation">Stops the work.</param>
    public LossSurface Measure(int bits, IProgress<double>? progress, CancellationToken cancellation = default)
    {
        string name = bits switch
        {
            Defaults.FullPrecisionBits => "full precision",
            2 => "ternary",
            1 => "binary",
            _ => FormattableString.Invariant($"{bits} bits"),
        };
        double[] shares = Shares();
        Func<int, double, float[]> weights = WeightsOf(bits);
        Parameter[] parameters = _probe.WeightsOf(_matrices);
        LoadLoop.Run(_state.Threads, parameters.Length, i => weights(i, 0).CopyTo(parameters[i].Values, 0), cancellation);
        Dictionary<string, double> eigenvalues = Eigenvalues(share => progress?.Report(0.5 * share), cancellation);
        var losses = new double[shares.Length][];
        for (int x = 0; x < shares.Length; x++)
        {
            Set(weights, 0, shares[x]);
            losses[x] = Along(weights, 1, cancellation);
            double done = (x + 1.0) / shares.Length;
            progress?.Report(_options.Iterations > 0 ? 0.5 + (0.5 * done) : done);
        }

        return new LossSurface(name, bits, shares, losses, eigenvalues);
    }

    /// <summary>Looks along both axes, and along the line from the weights as they were to what a recipe made of them (eq 5.19).</summary>
    /// <param name="made">What the recipe found.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <remarks>The matrix that is shifted is rounded anew by the recipe's rule for ranges; all others have the codes that were found.</remarks>
    internal IReadOnlyList<LossSlice> Slices(RecipeState made, CancellationToken cancellation)
    {
        double[][] full = [.. _shifted.Select((_, axis) => Along(Shifted, axis, cancellation))];
        float[][] before = [.. _probe.Parameters.Select(parameter => (float[])parameter.Values.Clone())];
        Take(made, cancellation);
        float[][] after = [.. _probe.Parameters.Select(parameter => (float[])parameter.Values.Clone())];
        var jobs = made.UniformMatrices().ToDictionary(job => job.Matrix.Name, StringComparer.Ordinal);
        float[] Rounded(int matrix, double share)
        {
            float[] values = Shifted(made.Weights, matrix, share);
            if (jobs.TryGetValue(_matrices[matrix].Name, out WeightJob? job))
            {
                job.Fit(values, cancellation).Dequantize(values);
            }

            return values;
        }

        long[] percents = Array.ConvertAll(Shares(), share => (long)Math.Round(100 * share));
        var slices = new List<LossSlice>();
        for (int axis = 0; axis < Layers; axis++)
        {
            double[] rounded = Along(Rounded, axis, cancellation);
            Fill(after);
            slices.Add(new LossSlice(
                $"{_matrices[_shifted[axis]].Name} shifted, percent of its mean magnitude", percents,
                [("full precision", full[axis]), ("quantized", rounded)]));
        }

        slices.Add(Between(before, after, cancellation));
        return slices;
    }

    /// <summary>Frees the model.</summary>
    public void Dispose()
    {
        _probe.Dispose();
        _state.Dispose();
    }

    private double[] Along(Func<int, double, float[]> weights, int axis, CancellationToken cancellation)
    {
        double[] losses = Array.ConvertAll(Shares(), share =>
        {
            cancellation.ThrowIfCancellationRequested();
            Set(weights, axis, share);
            return _probe.Loss();
        });
        Set(weights, axis, 0);
        return losses;
    }

    private LossSlice Between(float[][] before, float[][] after, CancellationToken cancellation)
    {
        long[] percents = [.. Enumerable.Range(-2, 9).Select(i => 25L * i)];
        double[] losses = Array.ConvertAll(percents, percent =>
        {
            cancellation.ThrowIfCancellationRequested();
            Fill([.. before.Zip(after, (from, to) => from.Zip(to, (x, y) => x + (percent / 100f * (y - x))).ToArray())]);
            return _probe.Loss();
        });
        return new LossSlice("the way from full precision, 0, to the quantized weights, 100", percents, [("loss", losses)]);
    }

    private void Take(RecipeState made, CancellationToken cancellation)
    {
        foreach (Parameter parameter in _probe.Parameters)
        {
            made.Weights.Read(parameter.Name, parameter.Values);
        }

        foreach (WeightJob job in made.UniformMatrices())
        {
            made.Rounded(job, cancellation).CopyTo(_probe.WeightsOf([job.Matrix])[0].Values, 0);
        }

        foreach ((string tensor, float[] values) in made.RoundedEmbeddings(cancellation))
        {
            values.CopyTo(_probe.Parameters.Single(own => own.Name == tensor).Values, 0);
        }
    }

    private void Fill(float[][] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i].CopyTo(_probe.Parameters[i].Values, 0);
        }
    }

    private void Set(Func<int, double, float[]> weights, int axis, double share) =>
        weights(_shifted[axis], share).CopyTo(_probe.WeightsOf([_matrices[_shifted[axis]]])[0].Values, 0);

    // 0 in the middle exactly.
    private double[] Shares() => [.. Enumerable.Range(0, _options.Points).Select(i => ((2.0 * i) - (_options.Points - 1)) / (_options.Points - 1))];

    private float[] Shifted(int matrix, double share) => Shifted(_state.Weights, matrix, share);

    private float[] Shifted(WorkingWeights weights, int matrix, double share)
    {
        float shift = (float)(share * _magnitudes[matrix]);
        return Array.ConvertAll(weights.Read(_matrices[matrix].Name + ".weight"), value => value + shift);
    }

    // Ternary weights (TWN) for 2 bits, the mean magnitude with signs (BWN) for 1, else evenly spaced codes of least squared error.
    private Func<int, double, float[]> WeightsOf(int bits)
    {
        if (bits == Defaults.FullPrecisionBits)
        {
            return Shifted;
        }

        var recipe = new Recipe { Scheme = bits <= 2 ? Scheme.Ternary : Scheme.Linear };
        WeightJob[] jobs = Array.ConvertAll(_matrices, matrix => WeightJob.Of(
            matrix with { Bits = bits, GroupCount = 1, GroupSize = 0, Mapping = Mapping.Symmetric, GroupBits = default, Storage = Storage.Uniform }, recipe));
        return (matrix, share) =>
        {
            float[] values = Shifted(matrix, share);
            jobs[matrix].Values(values, recipe, CancellationToken.None)(values);
            return values;
        };
    }

    private Dictionary<string, double> Eigenvalues(Action<double> report, CancellationToken cancellation)
    {
        var found = new Dictionary<string, double>(StringComparer.Ordinal);
        if (_options.Iterations == 0)
        {
            return found;
        }

        IGrouping<string, MatrixSpec>[] parts = [.. _matrices.GroupBy(PartOf)];
        foreach (IGrouping<string, MatrixSpec> part in parts)
        {
            var product = new HessianProduct(_probe.WeightsOf(part), () => _probe.AddGradients(0));
            double[] start = product.RandomVector(new RandomSequence(0, RandomPlace.Vectors, (ulong)found.Count));
            (double value, _) = product.TopEigenvalue(start, Tolerance, _options.Iterations, cancellation);
            found.Add(part.Key, value);
            report((double)found.Count / parts.Length);
        }

        return found;
    }

    private static string PartOf(MatrixSpec matrix) => LayerNames.Split(matrix.Name, out _, out string part) ? part : matrix.Name;
}
