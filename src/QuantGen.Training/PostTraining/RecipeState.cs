using QuantGen.Execution;
using QuantGen.Files;
using QuantGen.Graph;
using QuantGen.Quantization;
using QuantGen.Schemes;
using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Training.Evaluation;

namespace QuantGen.Training.PostTraining;

/// <summary>What the steps of a recipe work on, and what they have found so far.</summary>
/// <param name="weights">The weights in floats.</param>
/// <param name="target">The model to make.</param>
/// <param name="options">Tokenizer, labels, threads, and the recipe as it was given.</param>
/// <param name="texts">The texts; null where no step needs some.</param>
internal sealed class RecipeState(WorkingWeights weights, ModelSpec target, PostTrainingOptions options, CalibrationTexts? texts) : IDisposable
{
    private readonly Dictionary<string, QuantizedMatrix> _codes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _sensitivities = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<QuantizationParameters>> _ranges = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(long X, double Y)>> _curves = new(StringComparer.Ordinal);
    private readonly Dictionary<string, float[]> _handedOn = new(StringComparer.Ordinal);
    private WorkingWeights _base = new(weights.Checkpoint);
    private InferenceSession? _original;
    private RowBatch[]? _batches;

    /// <summary>Gets the model to make, whose matrices are stored as a step said.</summary>
    public ModelSpec Target { get; private set; } = target;

    public WorkingWeights Weights => weights;

    /// <summary>Gets tokenizer, labels, what makes a vector of hidden states, and threads.</summary>
    public PostTrainingOptions Options => options;

    public int Threads => options.Threads;

    /// <summary>Gets what makes hidden states a vector, the normalized mean where the model says nothing; null where outputs are something else.</summary>
    public SentenceHead? Sentence => Target.Head is not (BertHead.Encoder or BertHead.Embedding) ? null
        : options.Sentence ?? new SentenceHead(new SentenceEncoding(), Target.Dimensions.HiddenSize);

    /// <summary>Gets or sets how the codes are found that no step finds.</summary>
    public Recipe Recipe { get; set; } = options.Recipe;

    /// <summary>Gets how many parts of the running step were done before; a step with parts leaves these out.</summary>
    public int PartsDone { get; private set; }

    /// <summary>Gets or sets who keeps what was found so far; nobody by default.</summary>
    public Action? Kept { get; set; }

    /// <summary>Gets the codes that steps found, by the matrix's name.</summary>
    public IReadOnlyDictionary<string, QuantizedMatrix> Codes => _codes;

    /// <summary>Gets the ranges of activations that steps found, by the place's name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<QuantizationParameters>> Ranges => _ranges;

    /// <summary>Gets or sets the milliseconds of a pass that a plan of times foresees; null without one.</summary>
    public double? PlannedMilliseconds { get; set; }

    /// <summary>Gets how sensitive steps found matrices to be, by the matrix's name.</summary>
    public IReadOnlyDictionary<string, double> Sensitivities => _sensitivities;

    public CalibrationTexts Texts => texts ?? throw new InvalidOperationException("A step asks for texts and did not say so.");

    /// <summary>Gets all calibration texts, in batches whose order no number of threads changes.</summary>
    public IReadOnlyList<RowBatch> Batches(CancellationToken cancellation) => _batches ??= [.. ActivationCalibrator.Batches(
        new EncodedRows(options.Tokenizer, Target.Dimensions.MaxPositions, Texts.File, Texts.Options.MaxLength),
        Texts.Data ?? throw new InvalidOperationException("No step made texts."), Texts.Options).Select(batch =>
        {
            cancellation.ThrowIfCancellationRequested();
            return batch;
        })];

    /// <summary>Gets the texts that a step made; null where they are the calibration's.</summary>
    public IReadOnlyList<RowBatch>? MadeBatches { get; private set; }

    /// <summary>Gives the steps that follow other texts.</summary>
    public void SetBatches(RowBatch[] batches) => MadeBatches = _batches = batches;

    /// <summary>Gets the weights of the model that codes are to stand for.</summary>
    public WorkingWeights OriginalWeights => _base;

    /// <summary>Gets the checkpoint's own model, which computes in full precision; with its factors where steps have moved them.</summary>
    public InferenceSession Original(CancellationToken cancellation) => _original ??= LoadFloats(_base, cancellation);

    /// <summary>Says that the weights were changed so that the model still computes the same: its inner values are those that codes are to stand for.</summary>
    public void KeepAsOriginal() => KeepAsOriginal(weights.Copy());

    /// <summary>Takes over, in a run that continues, the weights that <see cref="KeepAsOriginal()"/> had kept.</summary>
    public void KeepAsOriginal(WorkingWeights own)
    {
        _base = own;
        _original?.Dispose();
        _original = null;
    }

    /// <summary>Loads the checkpoint's own model for its outputs: it rounds nothing anywhere.</summary>
    public InferenceSession LoadReference(CancellationToken cancellation) => Texts.Loader.Load(
        FullPrecision.Build(_base, Target with { AttentionBits = Defaults.FullPrecisionBits }, options, cancellation), cancellation);

    /// <summary>Gets a way to load the model that is made, with the codes that were found and those that rounding gives, for one set of ranges after the
    /// other.</summary>
    /// <param name="cancellation">Stops the work.</param>
    public Func<IReadOnlyDictionary<string, IReadOnlyList<QuantizationParameters>>, InferenceSession> RoundedLoader(CancellationToken cancellation)
    {
        RoundRest(cancellation);
        PostTrainingOptions own = options with { Recipe = Recipe, Progress = null };
        WeightJob[] packed = PostTrainingQuantizer.Pack(weights, _codes, Target, own, cancellation);
        return ranges =>
        {
            PostTrainingResult result = PostTrainingQuantizer.Assemble(weights, packed, Target, own with { StaticRanges = ranges });
            return Texts.Loader.Load(result.Builder.Build(weights.Checkpoint.Directory), cancellation);
        };
    }

    /// <summary>Loads a full-precision model with other weights.</summary>
    public InferenceSession LoadFloats(WorkingWeights floats, CancellationToken cancellation) =>
        Texts.Loader.Load(FullPrecision.Build(floats, Target, options, cancellation), cancellation);

    /// <summary>Lists the matrices that have evenly spaced codes, in the order of the forward pass; not embeddings.</summary>
    public WeightJob[] UniformMatrices() => [.. WeightJob.OfMatrices(Target, Recipe).Where(job => job.Matrix.IsUniform)];

    /// <summary>Gets a copy of the weights in which embeddings have the values that their codes stand for.</summary>
    public WorkingWeights WithRoundedEmbeddings(CancellationToken cancellation)
    {
        WorkingWeights rounded = weights.Copy();
        foreach ((string tensor, float[] values) in RoundedEmbeddings(cancellation))
        {
            rounded.Replace(tensor, values);
        }

        return rounded;
    }

    /// <summary>Gets the values that codes of embeddings stand for, with the names of the tensors; the words' as they are in full precision or with a
    /// codebook.</summary>
    public IEnumerable<(string Tensor, float[] Values)> RoundedEmbeddings(CancellationToken cancellation)
    {
        WeightJob[] jobs = WeightJob.OfEmbeddings(Target, Recipe);
        yield return (PackedLayout.WordEmbedding + ".weight", RoundedWords(jobs[0], cancellation));
        foreach (WeightJob job in jobs.Skip(1))
        {
            yield return (job.Matrix.Name + ".weight", Rounded(job, cancellation));
        }
    }

    /// <summary>Gets the values that the codes of a matrix stand for: those that were found, or those that rounding gives.</summary>
    public float[] Rounded(WeightJob job, CancellationToken cancellation)
    {
        float[] values = weights.Read(job.Matrix.Name + ".weight");
        CodesOf(job, values, cancellation).Dequantize(values);
        return values;
    }

    /// <summary>Computes what rounding leaves of a matrix's weights, in dB: <c>10 log10(sum w^2 / sum (w - w_hat)^2)</c>.</summary>
    public double SignalToNoiseDb(WeightJob job, CancellationToken cancellation)
    {
        float[] values = weights.Read(job.Matrix.Name + ".weight");
        return CodesOf(job, values, cancellation).SignalToNoiseDb(values);
    }

    /// <summary>Gets the curves that steps went along.</summary>
    public IReadOnlyList<FoundCurve> Curves => [.. _curves.Select(curve => new FoundCurve(curve.Key, [.. curve.Value.OrderBy(point => point.X)]))];

    /// <summary>Keeps a point of a curve, for reports.</summary>
    public void AddPoint(string curve, long x, double y) => (_curves.TryGetValue(curve, out var points) ? points : _curves[curve] = []).Add((x, y));

    /// <summary>Stores matrices in other ways, and keeps how sensitive they are; both by the matrix's name.</summary>
    public void Plan(IReadOnlyDictionary<string, MatrixChoice> choices, IReadOnlyDictionary<string, double> sensitivities)
    {
        Target = Target with
        {
            Matrices = new EquatableArray<MatrixSpec>(
                Target.Matrices.Select(matrix => choices.TryGetValue(matrix.Name, out MatrixChoice? own) ? own.ApplyTo(matrix) : matrix)),
        };
        foreach ((string name, double value) in sensitivities)
        {
            _sensitivities[name] = value;
        }
    }

    public void SetCodes(string matrix, QuantizedMatrix codes) => _codes[matrix] = codes;

    /// <summary>Gets the range of a place that is used once in a pass; null where none was found.</summary>
    public QuantizationParameters? RangeOf(string site) => _ranges.TryGetValue(site, out var uses) ? uses[0] : null;

    public void SetRange(string site, IReadOnlyList<QuantizationParameters> uses) => _ranges[site] = uses;

    /// <summary>Gets what the parts of the running step have handed on so far, by name.</summary>
    public IReadOnlyDictionary<string, float[]> HandedOn => _handedOn;

    /// <summary>Says that a part of the running step is done, and its codes and weights are in place: an interrupted run goes on after it.</summary>
    /// <param name="handedOn">What the next part needs beside them.</param>
    public void PartDone(params ReadOnlySpan<(string Name, float[] Values)> handedOn)
    {
        PartsDone++;
        foreach ((string name, float[] values) in handedOn)
        {
            _handedOn[name] = values;
        }

        Kept?.Invoke();
    }

    /// <summary>Begins a step, parts of which may have been done before.</summary>
    public void BeginStep(int partsDone)
    {
        PartsDone = partsDone;
        _handedOn.Clear();
    }

    /// <summary>Hands on what later parts of the running step need, or what those of an interrupted one had handed on.</summary>
    public void HandOn(string name, float[] values) => _handedOn[name] = values;

    public void Dispose() => _original?.Dispose();

    private float[] RoundedWords(WeightJob job, CancellationToken cancellation)
    {
        float[] words = weights.Read(PackedLayout.WordEmbedding + ".weight");
        if (Target.EmbeddingStorage == Storage.Uniform)
        {
            job.Fit(words, cancellation).Dequantize(words);
        }
        else if (Target.HasEmbeddingPair)
        {
            // Both tables together are the ternary words.
            MatrixSpec ternary = job.Matrix with { Storage = Storage.Uniform, Bits = 2 };
            SchemeQuantizer.Quantize(ternary, WeightFitter.Ternary, words).Dequantize(words);
        }

        return words;
    }

    private QuantizedMatrix CodesOf(WeightJob job, float[] values, CancellationToken cancellation) =>
        _codes.GetValueOrDefault(job.Matrix.Name) ?? job.Fit(values, cancellation);

    // What is left to round is rounded once: codes that were found are kept to the end.
    private void RoundRest(CancellationToken cancellation)
    {
        WeightJob[] jobs = [.. WeightJob.Of(Target, Recipe).Where(job => job.IsRounded && !_codes.ContainsKey(job.Matrix.Name))];
        var found = new QuantizedMatrix[jobs.Length];
        LoadLoop.Run(Threads, jobs.Length, i => found[i] = jobs[i].Fit(weights.Read(jobs[i].Matrix.Name + ".weight"), cancellation), cancellation);
        for (int i = 0; i < jobs.Length; i++)
        {
            _codes[jobs[i].Matrix.Name] = found[i];
        }
    }
}
