using QuantGen.Execution;
using QuantGen.Files;
using QuantGen.Quantization;
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
    private readonly Dictionary<string, IReadOnlyList<QuantizationParameters>> _ranges = new(StringComparer.Ordinal);
    private WorkingWeights _base = new(weights.Checkpoint);
    private InferenceSession? _original;
    private RowBatch[]? _batches;

    public ModelSpec Target => target;

    public WorkingWeights Weights => weights;

    public int Threads => options.Threads;

    /// <summary>Gets what makes hidden states a vector; null where the model says nothing about it.</summary>
    public SentenceHead? Sentence => options.Sentence;

    /// <summary>Gets or sets how the codes are found that no step finds.</summary>
    public Recipe Recipe { get; set; } = options.Recipe;

    /// <summary>Gets the codes that steps found, by the matrix's name.</summary>
    public IReadOnlyDictionary<string, QuantizedMatrix> Codes => _codes;

    /// <summary>Gets the ranges of activations that steps found, by the place's name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<QuantizationParameters>> Ranges => _ranges;

    public CalibrationTexts Texts => texts ?? throw new InvalidOperationException("A step asks for texts and did not say so.");

    /// <summary>Gets all calibration texts, in batches whose order no number of threads changes.</summary>
    public IReadOnlyList<RowBatch> Batches(CancellationToken cancellation) => _batches ??= [.. ActivationCalibrator.Batches(
        Original(cancellation), Texts.Data, Texts.File, Texts.Options)];

    /// <summary>Gets the checkpoint's own model, which computes in full precision; with its factors where steps have moved them.</summary>
    public InferenceSession Original(CancellationToken cancellation) => _original ??= LoadFloats(_base, cancellation);

    /// <summary>Says that the weights were changed so that the model still computes the same: its inner values are those that codes are to stand for.</summary>
    public void KeepAsOriginal()
    {
        _base = weights.Copy();
        _original?.Dispose();
        _original = null;
    }

    /// <summary>Loads the checkpoint's own model for its outputs: it rounds nothing anywhere.</summary>
    public InferenceSession LoadReference(CancellationToken cancellation) => Texts.Loader.Load(
        FullPrecision.Build(_base, target with { AttentionBits = Defaults.FullPrecisionBits }, options, cancellation), cancellation);

    /// <summary>Gets a way to load the model that is made, with the codes that were found and those that rounding gives, for one set of ranges after the
    /// other.</summary>
    /// <param name="cancellation">Stops the work.</param>
    public Func<IReadOnlyDictionary<string, IReadOnlyList<QuantizationParameters>>, InferenceSession> RoundedLoader(CancellationToken cancellation)
    {
        RoundRest(cancellation);
        PostTrainingOptions own = options with { Recipe = Recipe, Progress = null };
        WeightJob[] packed = PostTrainingQuantizer.Pack(weights, _codes, target, own, cancellation);
        return ranges =>
        {
            PostTrainingResult result = PostTrainingQuantizer.Assemble(weights, packed, target, own with { StaticRanges = ranges });
            return Texts.Loader.Load(result.Builder.Build(weights.Checkpoint.Directory), cancellation);
        };
    }

    /// <summary>Loads a full-precision model with other weights.</summary>
    public InferenceSession LoadFloats(WorkingWeights floats, CancellationToken cancellation) =>
        Texts.Loader.Load(FullPrecision.Build(floats, target, options, cancellation), cancellation);

    /// <summary>Lists the matrices that have evenly spaced codes, in the order of the forward pass; not the word embedding.</summary>
    public WeightJob[] UniformMatrices() => [.. WeightJob.Of(target, Recipe).Skip(1).Where(job => job.Matrix.HasIntegerProduct)];

    /// <summary>Gets the word embedding's values as their codes stand for them; as they are in full precision or with a codebook.</summary>
    public float[] RoundedWords(CancellationToken cancellation)
    {
        float[] words = weights.Read(PackedLayout.WordEmbedding + ".weight");
        if (target.EmbeddingStorage == Storage.Uniform)
        {
            WeightJob.Of(target, Recipe)[0].Fit(words, cancellation).Dequantize(words);
        }

        return words;
    }

    /// <summary>Gets the values that the codes of a matrix stand for: those that were found, or those that rounding gives.</summary>
    public float[] Rounded(WeightJob job, CancellationToken cancellation)
    {
        float[] values = weights.Read(job.Matrix.Name + ".weight");
        QuantizedMatrix matrix = _codes.GetValueOrDefault(job.Matrix.Name) ?? job.Fit(values, cancellation);
        matrix.Dequantize(values);
        return values;
    }

    public void SetCodes(string matrix, QuantizedMatrix codes) => _codes[matrix] = codes;

    public void SetRange(string site, IReadOnlyList<QuantizationParameters> uses) => _ranges[site] = uses;

    public void Dispose() => _original?.Dispose();

    // What is left to round is rounded once: codes that were found are kept to the end.
    private void RoundRest(CancellationToken cancellation)
    {
        WeightJob[] jobs = [.. WeightJob.Of(target, Recipe).Where(job => job.IsRounded && !_codes.ContainsKey(job.Matrix.Name))];
        var found = new QuantizedMatrix[jobs.Length];
        LoadLoop.Run(Threads, jobs.Length, i => found[i] = jobs[i].Fit(weights.Read(jobs[i].Matrix.Name + ".weight"), cancellation), cancellation);
        for (int i = 0; i < jobs.Length; i++)
        {
            _codes[jobs[i].Matrix.Name] = found[i];
        }
    }
}
