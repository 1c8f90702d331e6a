using QuantGen.Graph;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Randomness;

namespace QuantGen.Training.Tests.Loop;

/// <summary>A model small enough to differentiate by hand: the mean of a sequence's embeddings, with dropout, through one linear layer.</summary>
internal sealed class BagModel : ITrainableModel
{
    private const int Width = 8;
    private readonly Parameter _embedding;
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly Parameter _range = new("range", ParameterKind.RunningRange, 1);
    private TrainingBatch _batch = new([], [], [0]);
    private float[] _means = [];
    private bool[] _kept = [];

    public BagModel(int vocabulary = 40, int classes = 3, ParameterKind embedding = ParameterKind.Embedding)
    {
        var config = new ModelConfig
        {
            Layers = 2, HiddenSize = Width, EmbeddingSize = Width, Heads = 2, IntermediateSize = 16, VocabularySize = vocabulary, MaxPositions = 64,
        };
        var options = new SpecOptions { Head = BertHead.SequenceClassification, LabelCount = classes, MaxSequenceLength = 64 };
        Spec = SpecBuilder.Build(config, options, [])!;
        _embedding = new Parameter("embeddings.word_embeddings.weight", embedding, vocabulary, Width);
        _weight = new Parameter("classifier.weight", ParameterKind.Weight, classes, Width);
        _bias = new Parameter("classifier.bias", ParameterKind.Bias, classes);
        Parameters = [_embedding, _weight, _bias, _range];
        Trace = new TrainingTrace(Spec);
        TraceGradients = new TrainingTrace(Spec);
        RandomInitialization.Fill(_embedding, 1);
        RandomInitialization.Fill(_weight, 1);
    }

    /// <summary>Gets or sets which steps have gradients that are not finite.</summary>
    public Predicate<long> IsPoisoned { get; set; } = _ => false;

    /// <summary>Gets or sets which parts of which steps have outputs that are not finite.</summary>
    public Func<long, BatchPart, bool> IsBroken { get; set; } = (_, _) => false;

    public ModelSpec Spec { get; }

    public bool SumsPartsExactly { get; init; } = true;

    public IReadOnlyList<Parameter> Parameters { get; }

    public TrainingTrace Trace { get; }

    public TrainingTrace TraceGradients { get; }

    private long Step { get; set; }

    public long ActivationBytes(int tokens, int longest) => 100 * tokens;

    public void InitializeWeightQuantizers()
    {
    }

    public void Forward(TrainingBatch batch, ForwardOptions options)
    {
        _batch = batch;
        Step = options.Step;
        Trace.Resize(batch);
        TraceGradients.Resize(batch);
        Trace.Hidden.ToList().ForEach(Array.Clear);
        Trace.Scores.ToList().ForEach(Array.Clear);
        _means = new float[batch.SequenceCount * Width];
        _kept = new bool[_means.Length];
        bool trains = options.Purpose == ForwardPurpose.Train;
        for (int i = 0; i < _means.Length; i++)
        {
            (int sequence, int column) = (i / Width, i % Width);
            _kept[i] = !trains || new RandomSequence(options.Seed, (ulong)options.Step, (ulong)(i + (options.Part.Before.Sequences * Width))).Unit() >= 0.1;
            for (int token = batch.Starts[sequence]; _kept[i] && token < batch.Starts[sequence + 1]; token++)
            {
                _means[i] += _embedding.Values[(batch.Ids[token] * Width) + column] / Length(sequence);
            }
        }

        _range.Values[0] += trains && options.Part.IsLast(batch.SequenceCount) ? 0.25f : 0;
        for (int i = 0; i < Trace.LogitCount; i++)
        {
            (int sequence, int output) = (i / Spec.OutputCount, i % Spec.OutputCount);
            Trace.Logits[i] = IsBroken(Step, options.Part) ? float.NaN : _bias.Values[output];
            for (int c = 0; c < Width; c++)
            {
                Trace.Logits[i] += _weight.Values[(output * Width) + c] * _means[(sequence * Width) + c];
            }
        }
    }

    public void Backward()
    {
        for (int i = 0; i < Trace.LogitCount; i++)
        {
            (int sequence, int output) = (i / Spec.OutputCount, i % Spec.OutputCount);
            float gradient = TraceGradients.Logits[i];
            _bias.Gradients[output] += IsPoisoned(Step) ? float.NaN : gradient;
            for (int c = 0; c < Width; c++)
            {
                Add(_weight, (output * Width) + c, gradient * _means[(sequence * Width) + c]);
                float mean = gradient * _weight.Values[(output * Width) + c] / Length(sequence);
                for (int token = _batch.Starts[sequence]; _kept[(sequence * Width) + c] && token < _batch.Starts[sequence + 1]; token++)
                {
                    Add(_embedding, (_batch.Ids[token] * Width) + c, mean);
                }
            }
        }
    }

    public void Dispose()
    {
    }

    private static void Add(Parameter parameter, int index, float gradient)
    {
        if (!parameter.IsFrozen)
        {
            parameter.Gradients[index] += gradient;
        }
    }

    private int Length(int sequence) => _batch.Starts[sequence + 1] - _batch.Starts[sequence];
}
