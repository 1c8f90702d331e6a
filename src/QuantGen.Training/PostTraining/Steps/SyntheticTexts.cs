using QuantGen.Graph;
using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Trainable;
using QuantGen.Training.Losses;
using QuantGen.Training.Optimization;
using QuantGen.Training.PostTraining.Solving;
using QuantGen.Training.Randomness;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Moves word embeddings until the model's states look as its normalizations say, and names the tokens nearest to them.</summary>
/// <remarks>
/// The model that runs has one word for each token of a batch, whose embedding is the token's own: the gradient of its table is that of the tokens. Places
/// where states are compared are the outputs of the embeddings and of every layer.
/// </remarks>
internal sealed class SyntheticTexts : IDisposable
{
    // Nearest tokens are looked for again after so many steps.
    private const int StepsPerSearch = 10;

    private readonly int _samples;
    private readonly int _length;
    private readonly float[] _table;
    private readonly WordDraw _words;
    private readonly int _steps;
    private readonly double _rate;
    private readonly double _nearness;
    private readonly BertTokenizer _tokenizer;
    private readonly ITrainableModel _model;
    private readonly Parameter _embeddings;
    private readonly StateAlignment?[] _places;
    private readonly TrainingPass _pass;
    private readonly NearestRows _nearest;
    private readonly TrainingBatch _batch;
    private readonly int _threads;

    /// <summary>Prepares.</summary>
    /// <param name="state">The model.</param>
    /// <param name="shape">Texts of a batch, and tokens of a text.</param>
    /// <param name="table">The word embeddings.</param>
    /// <param name="words">Which words texts begin with.</param>
    /// <param name="isWord">Which of them may be found.</param>
    /// <param name="values">The settings.</param>
    /// <param name="cancellation">Stops the work.</param>
    public SyntheticTexts(
        RecipeState state, (int Samples, int Length) shape, float[] table, WordDraw words, bool[] isWord, StepValues values,
        CancellationToken cancellation)
    {
        (_samples, _length) = shape;
        _table = table;
        _words = words;
        _steps = values.GetWhole("steps");
        _rate = values.Get("learning_rate") * Deviation(table);
        _nearness = values.Get("nearness");
        _tokenizer = state.Options.Tokenizer;
        _threads = state.Threads;
        int tokens = _samples * _length;
        ModelSpec spec = FullPrecision.Trainable(Own(state.Target, tokens));
        var options = new TrainableOptions { Threads = state.Threads, HiddenDropout = 0, AttentionDropout = 0 };
        _model = state.Texts.Loader.CompileTrainable(spec, options, cancellation);
        _embeddings = _model.Parameters.Single(parameter => parameter.Name == PackedLayout.WordEmbedding + ".weight");
        foreach (Parameter parameter in _model.Parameters.Where(parameter => parameter != _embeddings))
        {
            state.Weights.Read(parameter.Name, parameter.Values);
        }

        _places = [.. Enumerable.Range(0, spec.Dimensions.Layers + 1).Select(place => Place(state, place))];
        _pass = new TrainingPass(options);
        _nearest = new NearestRows(table, isWord, _pass);
        _batch = new TrainingBatch([.. Enumerable.Range(0, tokens)], new byte[tokens], [.. Enumerable.Range(0, _samples + 1).Select(i => i * _length)]);
    }

    /// <summary>What may be told: steps, their size as a share of the deviation of word embeddings, and the weight of being near to a token.</summary>
    public static StepOption[] Options { get; } =
        [new("steps", 40, 0, 100_000, IsWhole: true), new("learning_rate", 0.05, 1e-6, 10), new("nearness", 0.01, 0, 1e6)];

    /// <summary>Makes the tokens of one batch, text after text, each between the tokens of a text's begin and end.</summary>
    public int[] Make(ref RandomSequence random, Action<double> report, CancellationToken cancellation)
    {
        int[] ids = Draw(ref random);
        int[] targets = new int[_samples];
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = random.Below(Math.Max(1, _model.Spec.OutputCount));
        }

        var options = new OptimizerOptions { LearningRate = _rate, WeightDecay = 0, MaxGradientNorm = double.MaxValue };
        var optimizer = new AdamOptimizer([_embeddings], options, _threads);
        int[] near = ids;
        for (int step = 0; step < _steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            near = step > 0 && step % StepsPerSearch == 0 ? _nearest.Find(_embeddings.Values) : near;
            Array.Clear(_embeddings.Gradients);
            _model.Forward(_batch, new ForwardOptions(ForwardPurpose.Evaluate));
            FillGradients(targets, isFirst: step == 0);
            _model.Backward();
            AddNearness(near);
            Keep();
            optimizer.Step(1);
            report((step + 1.0) / _steps);
        }

        int[] found = _nearest.Find(_embeddings.Values);
        return [.. found.Select((id, token) => IsEdge(token) ? ids[token] : id)];
    }

    public void Dispose()
    {
        _pass.Dispose();
        _model.Dispose();
    }

    // A classifier keeps its head; other heads say nothing of what a text may be.
    private static ModelSpec Own(ModelSpec target, int tokens)
    {
        ModelSpec spec = target with { Dimensions = target.Dimensions with { VocabularySize = tokens } };
        return spec.Head == BertHead.SequenceClassification ? spec : spec with { Head = BertHead.Encoder, OutputCount = 0 };
    }

    private static double Deviation(float[] table)
    {
        double mean = table.Average(value => (double)value);
        return Math.Sqrt(table.Average(value => (value - mean) * (value - mean)));
    }

    // Narrow embeddings are widened after their normalization, so that what layers read has no statistics of its own.
    private static StateAlignment? Place(RecipeState state, int place)
    {
        ModelConfig d = state.Target.Dimensions;
        if (place == 0 && d.EmbeddingSize != d.HiddenSize)
        {
            return null;
        }

        string name = place == 0 ? "embeddings.LayerNorm" : LayerNames.Of(state.Target.Graph.IsShared ? 0 : place - 1, "output.LayerNorm");
        return new StateAlignment(state.Weights.Read(name + ".weight"), state.Weights.Read(name + ".bias"));
    }

    private int[] Draw(ref RandomSequence random)
    {
        int[] ids = new int[_samples * _length];
        int columns = _embeddings.Shape[1];
        for (int token = 0; token < ids.Length; token++)
        {
            ids[token] = token % _length == 0 ? _tokenizer.ClassifyId : IsEdge(token) ? _tokenizer.SeparatorId : _words.Next(ref random);
            _table.AsSpan(ids[token] * columns, columns).CopyTo(_embeddings.Values.AsSpan(token * columns));
        }

        return ids;
    }

    private bool IsEdge(int token) => token % _length == 0 || token % _length == _length - 1;

    private void FillGradients(int[] targets, bool isFirst)
    {
        TrainingTrace trace = _model.Trace;
        TrainingTrace gradients = _model.TraceGradients;
        (gradients.HasHidden, gradients.HasScores, gradients.HasLogits) = (true, false, trace.LogitCount > 0);
        int size = trace.HiddenCount / _samples;
        for (int place = 0; place < _places.Length; place++)
        {
            Array.Clear(gradients.Hidden[place], 0, trace.HiddenCount);
            if (_places[place] is not StateAlignment alignment)
            {
                continue;
            }

            if (isFirst)
            {
                alignment.SetMargins(trace.Hidden[place].AsSpan(0, trace.HiddenCount), _samples);
            }

            int own = place;
            FixedChunks.Each(_samples, _threads, sample => alignment.Loss(
                trace.Hidden[own].AsSpan(sample * size, size), StateAlignment.SampleWeight(sample, own, _places.Length) / _samples,
                gradients.Hidden[own].AsSpan(sample * size, size)));
        }

        if (gradients.HasLogits)
        {
            Array.Clear(gradients.Logits, 0, trace.LogitCount);
            RowLosses.CrossEntropy(
                trace.Logits, gradients.Logits, trace.LogitRows, _model.Spec.OutputCount, targets, RowLosses.CountedWeight(targets, weights: null),
                LossOptions.Labels, _threads);
        }
    }

    // The mean distance to the nearest tokens, whose slope has the length 1 for each token.
    private void AddNearness(int[] near)
    {
        int columns = _embeddings.Shape[1];
        for (int token = 0; token < near.Length; token++)
        {
            Span<float> gradient = _embeddings.Gradients.AsSpan(token * columns, columns);
            ReadOnlySpan<float> own = _embeddings.Values.AsSpan(token * columns, columns);
            ReadOnlySpan<float> other = _table.AsSpan(near[token] * columns, columns);
            double squares = 0;
            for (int i = 0; i < columns; i++)
            {
                squares += ((double)own[i] - other[i]) * ((double)own[i] - other[i]);
            }

            float factor = squares == 0 ? 0 : (float)(_nearness / (Math.Sqrt(squares) * near.Length));
            for (int i = 0; i < columns; i++)
            {
                gradient[i] += factor * (own[i] - other[i]);
            }
        }
    }

    // Begin and end of a text stay what they are.
    private void Keep()
    {
        int columns = _embeddings.Shape[1];
        for (int token = 0; token < _samples * _length; token++)
        {
            if (IsEdge(token))
            {
                _embeddings.Gradients.AsSpan(token * columns, columns).Clear();
            }
        }
    }
}
