using QuantGen.Execution;
using QuantGen.Specs;
using QuantGen.Trainable;

namespace QuantGen.TestModels.Trainable;

/// <summary>A small model with training code, which inference can load, too.</summary>
public sealed class TrainableTestModel
{
    private readonly Func<TrainableOptions?, ITrainableModel> _create;
    private readonly Func<ReadOnlyMemory<byte>, InferenceSession> _load;

    private readonly Scheme _scheme;
    private readonly Scheme? _embedding;

    private TrainableTestModel(
        string name, ModelSpec spec, Scheme scheme, Scheme? embedding, Func<TrainableOptions?, ITrainableModel> create, Func<ReadOnlyMemory<byte>,
        InferenceSession> load)
    {
        Name = name;
        Spec = spec;
        _scheme = scheme;
        _embedding = embedding;
        _create = create;
        _load = load;
    }

    /// <summary>Gets all of them: every scheme, activation function and head, of all architectures.</summary>
    public static IReadOnlyList<TrainableTestModel> All { get; } =
    [
        Of<Bert32>(Bert32.CreateTrainable, model => model.Session),
        Of<Albert32>(Albert32.CreateTrainable, model => model.Session),
        Of<AlbertLsq>(AlbertLsq.CreateTrainable, model => model.Session, Scheme.Lsq),
        Of<BertLsq>(BertLsq.CreateTrainable, model => model.Session, Scheme.Lsq),
        Of<BertTernary>(BertTernary.CreateTrainable, model => model.Session, Scheme.Ternary),
        Of<AlbertTernary>(AlbertTernary.CreateTrainable, model => model.Session, Scheme.Ternary),
        Of<BertMax>(BertMax.CreateTrainable, model => model.Session),
        Of<AlbertMax>(AlbertMax.CreateTrainable, model => model.Session),
        Of<BertBits>(BertBits.CreateTrainable, model => model.Session, Scheme.Ternary),
        Of<BertBoolean>(BertBoolean.CreateTrainable, model => model.Session, Scheme.Bit),
        Of<AlbertBits>(AlbertBits.CreateTrainable, model => model.Session, Scheme.BinaryBert, Scheme.Ternary),
        Of<BertClusters>(BertClusters.CreateTrainable, model => model.Session, Scheme.KMeans),
        Of<AlbertBins>(AlbertBins.CreateTrainable, model => model.Session, Scheme.LinearClusters),
        Of<BertMasked>(BertMasked.CreateTrainable, model => model.Session),
        Of<AlbertMaskedBins>(AlbertMaskedBins.CreateTrainable, model => model.Session, embedding: Scheme.LinearClusters),
        Of<BertMaskedLsq>(BertMaskedLsq.CreateTrainable, model => model.Session, Scheme.Lsq),
        Of<BertStates>(BertStates.CreateTrainable, model => model.Session, Scheme.Lsq),
        Of<BertRelu>(BertRelu.CreateTrainable, model => model.Session),
        Of<BertReluLsq>(BertReluLsq.CreateTrainable, model => model.Session, Scheme.Lsq),
        Of<BertSilu>(BertSilu.CreateTrainable, model => model.Session),
        Of<BertQuickGelu>(BertQuickGelu.CreateTrainable, model => model.Session),
        Of<DistilBert32>(DistilBert32.CreateTrainable, model => model.Session),
        Of<BertPositions>(BertPositions.CreateTrainable, model => model.Session, Scheme.Ternary),
        Of<DistilBertPositions>(DistilBertPositions.CreateTrainable, model => model.Session),
        Of<ElectraMax>(ElectraMax.CreateTrainable, model => model.Session),
    ];

    /// <summary>Gets the name of the annotated class.</summary>
    public string Name { get; }

    /// <summary>Gets the model.</summary>
    public ModelSpec Spec { get; }

    /// <summary>Finds a model by its name.</summary>
    public static TrainableTestModel Named(string name) => All.Single(model => model.Name == name);

    /// <summary>Gets options with the model's schemes.</summary>
    public TrainableOptions Options(TrainableOptions? options = null) =>
        (options ?? new TrainableOptions()) with { Scheme = _scheme, EmbeddingScheme = _embedding };

    /// <summary>Creates it with random parameters.</summary>
    public ITrainableModel Create(int seed, TrainableOptions? options = null)
    {
        ITrainableModel model = _create(Options(options));
        var random = new Random(seed);
        foreach (Parameter parameter in model.Parameters.Where(p => p.Kind <= ParameterKind.LayerNorm))
        {
            bool isFactor = parameter.Name.EndsWith("LayerNorm.weight", StringComparison.Ordinal);
            for (int i = 0; i < parameter.Values.Length; i++)
            {
                parameter.Values[i] = (isFactor ? 1f : 0f) + (0.6f * (random.NextSingle() - 0.5f));
            }
        }

        model.InitializeWeightQuantizers();
        return model;
    }

    /// <summary>Loads a packed file of it.</summary>
    public InferenceSession Load(ReadOnlyMemory<byte> file) => _load(file);

    private static TrainableTestModel Of<T>(
        Func<TrainableOptions?, ITrainableModel> create, Func<T, InferenceSession> session, Scheme scheme = Scheme.Linear, Scheme? embedding = null)
        where T : IQuantizedModel<T> => new(typeof(T).Name, T.Spec, scheme, embedding, create, file => session(T.Load(file)));
}
