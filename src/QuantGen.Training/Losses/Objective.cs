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
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(batch);
        TrainingTrace trace = student.Trace;
        TrainingTrace gradients = student.TraceGradients;
        gradients.HasHidden = _options.HasHidden || _options.HasVectors || _pairs is not null;
        gradients.HasScores = _options.HasScores;
        gradients.HasLogits = _hasOutputs;
        double hidden = gradients.HasHidden ? Hidden(trace, gradients, teacher!) : 0;
        double attention = _options.HasScores
            ? Enumerable.Range(0, trace.Scores.Length).Sum(l => TraceLoss.Squares(
                trace.Scores[l], Scores(teacher!, trace, l), gradients.Scores[l], trace.ScoreCount, _options.AttentionWeight, _threads))
            : 0;
        gradients.HasProjected = _options.ProductDirections;
        double directions = _options.ProductDirections
            ? DirectionLoss.Products(trace, teacher!, gradients, batch.Inputs.Starts, _layers!, _threads) : 0;
        (double sentence, double similarity) = _sentences?.Add(
            trace, teacher!, batch.Inputs.Starts, gradients.Hidden[^1], _options.SentenceWeight, _options.SimilarityWeight) ?? default;

        Array.Clear(gradients.Logits, 0, gradients.HasLogits ? trace.LogitCount : 0);
        double prediction = _options.Prediction ? Prediction(trace, gradients.Logits, batch, teacher!.Logits) : 0;
        double truth = _pairs is not null ? _pairs.Add(trace, batch, gradients.Hidden[^1])
            : _options.GroundTruth ? Weighted(trace, gradients.Logits, batch) : 0;
        return new LossParts(hidden, attention, prediction, truth, sentence, similarity, directions);
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
    private double Hidden(TrainingTrace trace, TrainingTrace gradients, TrainingTrace teacher)
    {
        double sum = 0;
        for (int l = 0; l < trace.Hidden.Length; l++)
        {
            if (_options.HasHidden && _options.HiddenDirections)
            {
                sum += DirectionLoss.Distance(trace.Hidden[l], teacher.Hidden[_layers!.Hidden(l)], gradients.Hidden[l], trace.HiddenCount);
            }
            else if (_options.HasHidden)
            {
                sum += TraceLoss.Squares(
                    trace.Hidden[l], teacher.Hidden[_layers!.Hidden(l)], gradients.Hidden[l], trace.HiddenCount, _options.HiddenWeight, _threads);
            }
            else
            {
                Array.Clear(gradients.Hidden[l], 0, trace.HiddenCount);
            }
        }

        return sum;
    }

    private double Prediction(TrainingTrace trace, float[] gradients, Batch batch, float[] teacher) => _outcome switch
    {
        Outcome.Classes when batch.Examples[0].Classes is not null =>
            LabelLosses.SoftCrossEntropy(trace.Logits, teacher, gradients, trace.LogitCount, _options.Temperature),
        Outcome.Values => RowLosses.Squares(trace.Logits, gradients, Array.ConvertAll(teacher[..trace.LogitCount], value => (double)value)),
        Outcome.Spans => SpanLosses.SoftCrossEntropy(trace.Logits, teacher, gradients, batch, _options.Temperature, _options.SpanPredictionWeight),
        _ => RowLosses.SoftCrossEntropy(trace.Logits, teacher, gradients, trace.LogitRows, _spec.OutputCount, _options.Temperature, _threads),
    };

    // The losses of labels add to gradients, which another weight takes a buffer of its own.
    private double Weighted(TrainingTrace trace, float[] gradients, Batch batch)
    {
        if (_options.GroundTruthWeight == 1)
        {
            return GroundTruth(trace, gradients, batch);
        }

        float[] own = new float[trace.LogitCount];
        double loss = GroundTruth(trace, own, batch);
        for (int i = 0; i < own.Length; i++)
        {
            gradients[i] += (float)(_options.GroundTruthWeight * own[i]);
        }

        return _options.GroundTruthWeight * loss;
    }

    private double GroundTruth(TrainingTrace trace, float[] gradients, Batch batch) => _outcome switch
    {
        Outcome.Values when _options.SigmoidValues =>
            LabelLosses.CrossEntropy(trace.Logits, gradients, [.. batch.Examples.Select(example => example.Label)]),
        Outcome.Values => RowLosses.Squares(trace.Logits, gradients, [.. batch.Examples.Select(example => example.Label)]),
        Outcome.Spans => SpanLosses.CrossEntropy(trace.Logits, gradients, batch),
        _ when batch.Examples[0].Classes is not null => LabelLosses.CrossEntropy(
            trace.Logits, gradients, [.. batch.Examples.Select(example => example.Classes!)], _spec.OutputCount, _options),
        _ => RowLosses.CrossEntropy(trace.Logits, gradients, trace.LogitRows, _spec.OutputCount, batch.Targets, _options, _threads),
    };
}
