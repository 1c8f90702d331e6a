using QuantGen.Execution;
using QuantGen.Graph;
using QuantGen.Quantization;
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
    private InferenceSession? _original;
    private RowBatch[]? _batches;

    /// <summary>Gets the model to make, with the bits that a step gave its matrices.</summary>
    public ModelSpec Target { get; private set; } = target;

    public WorkingWeights Weights => weights;

    /// <summary>Gets tokenizer, labels, what makes a vector of hidden states, and threads.</summary>
    public PostTrainingOptions Options => options;

    public int Threads => options.Threads;

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

    /// <summary>Gets how sensitive steps found matrices to be, by the matrix's name.</summary>
    public IReadOnlyDictionary<string, double> Sensitivities => _sensitivities;

    public CalibrationTexts Texts => texts ?? throw new InvalidOperationException("A step asks for texts and did not say so.");

    /// <summary>Gets all calibration texts, in batches whose order no number of threads changes.</summary>
    public IReadOnlyList<RowBatch> Batches(CancellationToken cancellation) => _batches ??= [.. ActivationCalibrator.Batches(
        Original(cancellation), Texts.Data ?? throw new InvalidOperationException("No step made texts."), Texts.File, Texts.Options)];

    /// <summary>Gets the texts that a step made; null where they are the calibration's.</summary>
    public IReadOnlyList<RowBatch>? MadeBatches { get; private set; }

    /// <summary>Gives the steps that follow other texts.</summary>
    public void SetBatches(RowBatch[] batches) => MadeBatches = _batches = batches;

    /// <summary>Gets the checkpoint's own model, which computes in full precision.</summary>
    public InferenceSession Original(CancellationToken cancellation) => _original ??= LoadFloats(new WorkingWeights(weights.Checkpoint), cancellation);

    /// <summary>Loads a full-precision model with other weights.</summary>
    public InferenceSession LoadFloats(WorkingWeights floats, CancellationToken cancellation) =>
        Texts.Loader.Load(FullPrecision.Build(floats, Target, options, cancellation), cancellation);

    /// <summary>Lists the matrices that have evenly spaced codes, in the order of the forward pass; not the word embedding.</summary>
    public WeightJob[] UniformMatrices() => [.. WeightJob.Of(Target, Recipe).Skip(1).Where(job => job.Matrix.HasIntegerProduct)];

    /// <summary>Gets the word embedding's values as their codes stand for them; as they are in full precision or with a codebook.</summary>
    public float[] RoundedWords(CancellationToken cancellation)
    {
        float[] words = weights.Read(PackedLayout.WordEmbedding + ".weight");
        if (Target.EmbeddingStorage == Storage.Uniform)
        {
            WeightJob.Of(Target, Recipe)[0].Fit(words, cancellation).Dequantize(words);
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

    /// <summary>Gives matrices other widths, and keeps how sensitive they are; both by the matrix's name.</summary>
    public void Plan(IReadOnlyDictionary<string, int> bits, IReadOnlyDictionary<string, double> sensitivities)
    {
        Target = Target with
        {
            Matrices = new EquatableArray<MatrixSpec>(
                Target.Matrices.Select(matrix => bits.TryGetValue(matrix.Name, out int own) ? matrix with { Bits = own } : matrix)),
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

    /// <summary>Says that a part of the running step is done, and its codes and weights are in place: an interrupted run goes on after it.</summary>
    public void PartDone()
    {
        PartsDone++;
        Kept?.Invoke();
    }

    /// <summary>Begins a step, parts of which may have been done before.</summary>
    public void BeginStep(int partsDone) => PartsDone = partsDone;

    public void Dispose() => _original?.Dispose();
}
