using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Batching;

namespace QuantGen.Training.Losses;

/// <summary>What training minimises: labels, and what a teacher says and does (Jin et al., KDLSQ-BERT, 2021, section 3.3).</summary>
/// <remarks>
/// Averages run over real tokens and real pairs of query and key, since batches have no padding. Sums are in double precision and in one order, so that
/// a loss and its gradients do not depend on the number of threads.
/// </remarks>
public sealed class Objective
{
    private readonly ModelSpec _spec;
    private readonly LossOptions _options;
    private readonly LayerMap? _layers;
    private readonly SentenceLoss? _sentences;
    private readonly PairLoss? _pairs;
    private readonly bool _hasOutputs;
    private readonly int _threads;
    private readonly Outcome _outcome;
    private float[] _scores = [];

    /// <summary>Creates an objective.</summary>
    /// <param name="student">The model that is trained.</param>
    /// <param name="options">Of what the loss consists.</param>
    /// <param name="teacher">The teacher; null without one.</param>
    /// <param name="threads">The most threads.</param>
    /// <param name="sentences">What makes hidden states the vector of a text; null unless the loss looks at vectors.</param>
    /// <exception cref="ArgumentException">
    /// The loss is empty, needs a teacher and there is none, the student cannot imitate it, or its head has no loss.
    /// </exception>
    public Objective(ModelSpec student, LossOptions options, ModelSpec? teacher, int threads, SentenceTask? sentences = null)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(options);
        if (options.NeedsTeacher && teacher is null)
        {
            throw new ArgumentException("This loss needs a teacher.", nameof(teacher));
        }

        if (!options.NeedsTeacher && !options.GroundTruth)
        {
            throw new ArgumentException("This loss has no part.", nameof(options));
        }

        bool hasOutputs = options.Prediction || (options.GroundTruth && options.Pairs is null);
        if (student.OutputCount == 0 && hasOutputs)
        {
            throw new ArgumentException("This model has no head, so that it has no outputs to compare.", nameof(student));
        }

        if ((options.HasVectors || options.Pairs is not null) && sentences is null)
        {
            throw new ArgumentException("This loss looks at the vectors of texts, and nobody said how they are made.", nameof(sentences));
        }

        _sentences = options.HasVectors ? new SentenceLoss(sentences!, threads) : null;
        _pairs = options.Pairs is SentenceObjective pairs ? new PairLoss(sentences!, pairs, threads) : null;
        _outcome = hasOutputs ? OutcomeOf(student.Head) : default;
        _hasOutputs = hasOutputs;
        _spec = student;
        _options = options;
        _layers = teacher is null ? null : new LayerMap(teacher, student);
        _threads = threads;
    }

    /// <summary>Gets of what the loss consists.</summary>
    public LossOptions Options => _options;

    /// <summary>Gets whether <see cref="Compute"/> looks at a teacher's trace.</summary>
    public bool NeedsTeacher => _options.NeedsTeacher;

    /// <summary>Gets for each layer of the teacher which of its heads a student with fewer heads imitates, in the student's order; null, the default, where
    /// it has as many.</summary>
    public IReadOnlyList<int[]>? TeacherHeads { get; init; }

    /// <summary>Tells models what their traces need not hold, since this loss does not look at it.</summary>
    /// <param name="student">The model that is trained.</param>
    /// <param name="teacher">The teacher, or null.</param>
    public void Prepare(ITrainableModel student, ITrainableModel? teacher)
    {
        ArgumentNullException.ThrowIfNull(student);
        student.Trace.ShowsProjected = _options.ProductDirections;
        if (teacher is not null)
        {
            teacher.Trace.ShowsProjected = _options.ProductDirections;
        }
    }

    /// <summary>Gets the bytes that a trace has no room for: gradients of queries, keys and values, and the products of one job for each thread.</summary>
    /// <param name="tokens">Tokens of the largest batch.</param>
    /// <param name="longest">Tokens of its longest sequence.</param>
    internal long Bytes(int tokens, int longest) => !_options.ProductDirections ? 0 : sizeof(float) *
        ((3L * _spec.Dimensions.Layers * _spec.Dimensions.AttentionWidth * tokens) + (2L * _threads * _spec.Dimensions.Heads * tokens * longest));

    /// <summary>Computes the loss of a batch and the gradients of the student's trace.</summary>
    /// <param name="student">The model, whose last forward pass was this batch.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="teacher">The teacher's trace of the same batch; null without a teacher.</param>
    public LossParts Compute(ITrainableModel student, Batch batch, TrainingTrace? teacher)
    {
        StepLoss loss = Begin([batch]);
        loss.Add(student, batch, teacher);
        return loss.Value;
    }

    /// <summary>Begins the loss of a batch that is run in parts.</summary>
    /// <param name="parts">The parts, at least one.</param>
    /// <exception cref="ArgumentException">There are several, and the loss compares texts (<see cref="LossOptions.ComparesTexts"/>).</exception>
    public StepLoss Begin(IReadOnlyList<Batch> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return parts.Count == 1 || !_options.ComparesTexts ? new StepLoss(this, _spec.Dimensions.Layers, parts)
            : throw new ArgumentException("This loss compares all texts of a batch, which therefore has one part.", nameof(parts));
    }

    /// <summary>Adds the loss of a part, and fills the gradients of the student's trace.</summary>
    internal void Add(StepLoss loss, ITrainableModel student, Batch batch, TrainingTrace? teacher)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(batch);
        TrainingTrace trace = student.Trace;
        TrainingTrace gradients = student.TraceGradients;
        gradients.HasHidden = _options.HasHidden || _options.HasVectors || _pairs is not null;
        gradients.HasScores = _options.HasScores;
        gradients.HasLogits = _hasOutputs;
        if (gradients.HasHidden)
        {
            Hidden(loss, trace, gradients, teacher!, batch.Inputs.Starts);
        }

        for (int l = 0; _options.HasScores && l < trace.Scores.Length; l++)
        {
            loss.Attention(l).AddRange(TraceLoss.Squares(
                trace.Scores[l], Scores(teacher!, trace, l), gradients.Scores[l], trace.ScoreStarts, 1, loss.Whole.TokenPairs * _spec.Dimensions.Heads,
                _options.AttentionWeight, _threads));
        }

        gradients.HasProjected = _options.ProductDirections;
        loss.Directions = _options.ProductDirections
            ? DirectionLoss.Products(trace, teacher!, gradients, batch.Inputs.Starts, _layers!, _threads) : 0;
        if (_sentences is not null)
        {
            (double[] sentence, double[] similarity) = _sentences.Add(
                trace, teacher!, batch.Inputs.Starts, gradients.Hidden[^1], loss.Whole.Sequences, _options.SentenceWeight, _options.SimilarityWeight);
            loss.Sentence.AddRange(sentence);
            loss.Similarity.AddRange(similarity);
        }

        Array.Clear(gradients.Logits, 0, gradients.HasLogits ? trace.LogitCount : 0);
        if (_options.Prediction)
        {
            loss.Prediction.AddRange(Prediction(loss, trace, gradients.Logits, batch, teacher!.Logits));
        }

        if (_pairs is not null)
        {
            loss.GroundTruth.Add(_pairs.Add(trace, batch, gradients.Hidden[^1]));
        }
        else if (_options.GroundTruth)
        {
            loss.GroundTruth.AddRange(Weighted(loss, trace, gradients.Logits, batch));
        }
    }

    // The teacher's scores that a layer imitates: all of them, or those of the heads that the student has.
    private float[] Scores(TrainingTrace teacher, TrainingTrace student, int layer)
    {
        int source = _layers!.Layer(layer);
        if (TeacherHeads is null)
        {
            return student.ScoreCount == teacher.ScoreCount ? teacher.Scores[source]
                : throw new InvalidOperationException("Nobody said which of the teacher's heads a student with fewer heads imitates.");
        }

        if (_scores.Length < student.ScoreCount)
        {
            _scores = new float[student.ScoreCount];
        }

        int[] heads = TeacherHeads[source];
        for (int sequence = 0; sequence < student.SequenceCount; sequence++)
        {
            int to = student.ScoreStarts[sequence];
            int length = (student.ScoreStarts[sequence + 1] - to) / heads.Length;
            for (int head = 0; head < heads.Length; head++)
            {
                teacher.Scores[source].AsSpan(teacher.ScoreStarts[sequence] + (heads[head] * length), length).CopyTo(_scores.AsSpan(to + (head * length)));
            }
        }

        return _scores;
    }

    // What the outputs of a head are, which says how they are compared.
    private enum Outcome
    {
        Classes,
        Values,
        Spans,
    }

    private static Outcome OutcomeOf(BertHead head) => head switch
    {
        BertHead.SequenceClassification or BertHead.TokenClassification or BertHead.MaskedLanguageModel => Outcome.Classes,
        BertHead.Regression => Outcome.Values,
        BertHead.QuestionAnswering => Outcome.Spans,
        _ => throw new ArgumentException($"Nobody said what the loss of the head {head} is.", nameof(head)),
    };

    // Where only vectors count, hidden states have the gradients of those, and no others.
    private void Hidden(StepLoss loss, TrainingTrace trace, TrainingTrace gradients, TrainingTrace teacher, int[] starts)
    {
        loss.HiddenDirections = 0;
        for (int l = 0; l < trace.Hidden.Length; l++)
        {
            if (_options.HasHidden && _options.HiddenDirections)
            {
                loss.HiddenDirections +=
                    DirectionLoss.Distance(trace.Hidden[l], teacher.Hidden[_layers!.Hidden(l)], gradients.Hidden[l], trace.HiddenCount);
            }
            else if (_options.HasHidden)
            {
                int columns = _spec.Dimensions.HiddenSize;
                loss.Hidden(l).AddRange(TraceLoss.Squares(
                    trace.Hidden[l], teacher.Hidden[_layers!.Hidden(l)], gradients.Hidden[l], starts, columns, (long)loss.Whole.Tokens * columns,
                    _options.HiddenWeight, _threads));
            }
            else
            {
                Array.Clear(gradients.Hidden[l], 0, trace.HiddenCount);
            }
        }
    }

    private double[] Prediction(StepLoss loss, TrainingTrace trace, float[] gradients, Batch batch, float[] teacher)
    {
        int whole = Rows(loss);
        return _outcome switch
        {
            Outcome.Classes when batch.Examples[0].Classes is not null => LabelLosses.SoftCrossEntropy(
                trace.Logits, teacher, gradients, trace.LogitCount, whole * _spec.OutputCount, _options.Temperature),
            Outcome.Values => RowLosses.Squares(
                trace.Logits, gradients, Array.ConvertAll(teacher[..trace.LogitCount], value => (double)value), whole * _spec.OutputCount),
            Outcome.Spans => SpanLosses.SoftCrossEntropy(
                trace.Logits, teacher, gradients, batch, loss.Whole.Tokens, _options.Temperature, _options.SpanPredictionWeight),
            _ => RowLosses.SoftCrossEntropy(
                trace.Logits, teacher, gradients, trace.LogitRows, _spec.OutputCount, whole, _options.Temperature, _threads),
        };
    }

    // Rows of outputs of the whole batch.
    private int Rows(StepLoss loss) => _spec.IsPooled ? loss.Whole.Sequences : loss.Whole.HeadTokens;

    // The losses of labels add to gradients, which another weight takes a buffer of its own.
    private double[] Weighted(StepLoss loss, TrainingTrace trace, float[] gradients, Batch batch)
    {
        if (_options.GroundTruthWeight == 1)
        {
            return GroundTruth(loss, trace, gradients, batch);
        }

        float[] own = new float[trace.LogitCount];
        double[] shares = GroundTruth(loss, trace, own, batch);
        for (int i = 0; i < own.Length; i++)
        {
            gradients[i] += (float)(_options.GroundTruthWeight * own[i]);
        }

        return shares;
    }

    private double[] GroundTruth(StepLoss loss, TrainingTrace trace, float[] gradients, Batch batch) => _outcome switch
    {
        Outcome.Values when _options.SigmoidValues => LabelLosses.CrossEntropy(
            trace.Logits, gradients, [.. batch.Examples.Select(example => example.Label)], loss.Whole.Sequences),
        Outcome.Values => RowLosses.Squares(trace.Logits, gradients, [.. batch.Examples.Select(example => example.Label)], loss.Whole.Sequences),
        Outcome.Spans => SpanLosses.CrossEntropy(trace.Logits, gradients, batch, SpanLosses.Counted(loss.Parts)),
        _ when batch.Examples[0].Classes is not null => LabelLosses.CrossEntropy(
            trace.Logits, gradients, [.. batch.Examples.Select(example => example.Classes!)], _spec.OutputCount, loss.Whole.Sequences, _options),
        _ => RowLosses.CrossEntropy(
            trace.Logits, gradients, trace.LogitRows, _spec.OutputCount, batch.Targets,
            RowLosses.CountedWeight(loss.Parts.SelectMany(part => part.Targets), _options.ClassWeights), _options, _threads),
    };
}
