using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Losses;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>The full-precision model as training computes it, and how far its outputs on calibration texts go from what they were.</summary>
/// <remarks>
/// The distance is, for sentence encoders, the mean of 1 - cosine of the texts' vectors; for regressions the mean square; for all others the
/// cross-entropy with the model's own predictions, or, where they are asked for and there are some, with the texts' labels. A model's own predictions give
/// a loss without a slope, whose Hessian is the outputs' (Gauss and Newton).
/// </remarks>
internal sealed class OutputProbe : IDisposable
{
    private const int MostTokens = 2048;

    private readonly ITrainableModel _model;
    private readonly Objective _objective;
    private readonly (Batch Batch, TrainingTrace? Own)[][] _parts;

    private OutputProbe(ITrainableModel model, Objective objective, Batch[][] parts)
    {
        _model = model;
        _objective = objective;
        _parts = [.. parts.Select(part => part.Select(batch => (batch, objective.NeedsTeacher ? OwnTrace(batch.Inputs) : null)).ToArray())];
        BaseLoss = Loss();
    }

    /// <summary>Gets the parameters, whose values may be changed.</summary>
    public IReadOnlyList<Parameter> Parameters => _model.Parameters;

    /// <summary>Gets the weights of matrices, in their order.</summary>
    public Parameter[] WeightsOf(IEnumerable<MatrixSpec> matrices) =>
        [.. matrices.Select(matrix => Parameters.Single(parameter => parameter.Name == matrix.Name + ".weight"))];

    /// <summary>Gets the number of parts of the texts.</summary>
    public int PartCount => _parts.Length;

    /// <summary>Gets the loss of the model as it was.</summary>
    public double BaseLoss { get; }

    /// <summary>Makes a probe.</summary>
    /// <param name="state">Model and texts.</param>
    /// <param name="texts">The most texts.</param>
    /// <param name="parts">In how many parts they are dealt out, if there are as many.</param>
    /// <param name="usesLabels">Whether labels of the texts count, where a classifier has some.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static OutputProbe Create(RecipeState state, int texts, int parts, bool usesLabels, CancellationToken cancellation)
    {
        Example[] all = Examples(state, usesLabels, cancellation);
        int count = Math.Min(texts, all.Length);
        Example[] examples = [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Length / count)])];
        ModelSpec spec = FullPrecision.Trainable(state.Target);
        var options = new TrainableOptions { Threads = state.Threads, HiddenDropout = 0, AttentionDropout = 0 };
        ITrainableModel model = state.Texts.Loader.CompileTrainable(spec, options, cancellation);
        foreach (Parameter parameter in model.Parameters)
        {
            state.Weights.Read(parameter.Name, parameter.Values);
        }

        SentenceTask? task = state.Sentence is SentenceHead head ? SentenceTask.Of(head, state.Options.Tokenizer) : null;
        LossOptions loss = task is not null ? new LossOptions { Transformer = false, Prediction = false, GroundTruth = false, SentenceWeight = 1 }
            : usesLabels && !double.IsNaN(examples[0].Label) ? LossOptions.Labels
            : new LossOptions { Transformer = false, GroundTruth = false };
        BatchSource source = spec.Head == BertHead.MaskedLanguageModel
            ? new HiddenBatchSource(examples, state.Options.Tokenizer, 1, HiddenTokens.DefaultSeed)
            : new BatchSource(examples, 1, 0);
        int dealt = Math.Min(parts, count);
        Batch[][] batches = [.. Enumerable.Range(0, dealt).Select(part => Batches(source, Enumerable.Range(0, count).Where(i => i % dealt == part)))];
        return new OutputProbe(model, new Objective(spec, loss, spec, state.Threads, task), batches);
    }

    /// <summary>Adds the gradients of a part's loss, the mean over its batches, to those of the parameters.</summary>
    public void AddGradients(int part)
    {
        foreach ((Batch batch, TrainingTrace? own) in _parts[part])
        {
            _model.Forward(batch.Inputs, new ForwardOptions(ForwardPurpose.Evaluate));
            _objective.Compute(_model, batch, own);
            _model.Backward();
        }
    }

    /// <summary>Gets the mean loss of all texts.</summary>
    public double Loss()
    {
        double sum = 0;
        double texts = 0;
        foreach ((Batch batch, TrainingTrace? own) in _parts.SelectMany(part => part))
        {
            _model.Forward(batch.Inputs, new ForwardOptions(ForwardPurpose.Evaluate));
            sum += _objective.Compute(_model, batch, own).Total * batch.Inputs.SequenceCount;
            texts += batch.Inputs.SequenceCount;
        }

        return sum / texts;
    }

    public void Dispose() => _model.Dispose();

    private static Example[] Examples(RecipeState state, bool usesLabels, CancellationToken cancellation)
    {
        TsvDataset? data = state.Texts.Data;
        bool hasClasses = usesLabels && state.Target.Head == BertHead.SequenceClassification && data is { HasLabels: true, HasManyLabels: false };
        string[] names = state.Options.Labels.Count > 0
            ? [.. state.Options.Labels]
            : [.. Enumerable.Range(0, state.Target.OutputCount).Select(i => FormattableString.Invariant($"LABEL_{i}"))];
        int[]? classes = hasClasses ? ClassLabels.Of(data!, names, state.Texts.File) : null;
        var examples = new List<Example>();
        foreach (RowBatch batch in state.Batches(cancellation))
        {
            for (int i = 0, start = 0; i < batch.Rows.Count; start += batch.Lengths[i++])
            {
                int length = batch.Lengths[i];
                examples.Add(new Example([.. batch.Ids.Slice(start, length)], [.. batch.Types.Slice(start, length)])
                {
                    Label = classes?[batch.Rows[i]] ?? double.NaN,
                });
            }
        }

        return [.. examples];
    }

    private static Batch[] Batches(BatchSource source, IEnumerable<int> rows)
    {
        var batches = new List<Batch>();
        var own = new List<int>();
        int tokens = 0;
        foreach (int row in rows)
        {
            int length = source.Examples[row].Length;
            if (own.Count > 0 && tokens + length > MostTokens)
            {
                batches.Add(source.Make([.. own], 0));
                own.Clear();
                tokens = 0;
            }

            own.Add(row);
            tokens += length;
        }

        batches.Add(source.Make([.. own], 0));
        return [.. batches];
    }

    // Of the states only the last is kept, which vectors are made of.
    private TrainingTrace OwnTrace(TrainingBatch batch)
    {
        _model.Forward(batch, new ForwardOptions(ForwardPurpose.Evaluate));
        var own = new TrainingTrace(_model.Spec);
        own.Resize(batch);
        Array.Fill(own.Scores, []);
        Array.Fill(own.Hidden, [], 0, own.Hidden.Length - 1);
        Array.Copy(_model.Trace.Hidden[^1], own.Hidden[^1], own.HiddenCount);
        Array.Copy(_model.Trace.Logits, own.Logits, own.LogitCount);
        return own;
    }
}
