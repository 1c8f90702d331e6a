using QuantGen.Cli.Options;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Distillation;
using QuantGen.Training.Engines;
using QuantGen.Training.Loop;
using QuantGen.Training.Losses;

namespace QuantGen.Cli.Runs;

/// <summary>
/// A student of binary pairs and the narrower ternary one that it is split from (BinaryBERT): both learn in two stages, first the teacher's hidden states and
/// attention scores, then its answers.
/// </summary>
internal sealed class SplitStudent : IDisposable
{
    // Enough for the ranking of heads and neurons not to change much any more, and a few seconds.
    private const int RankedBatches = 32;

    // Layers first learn faster, by the paper's scripts.
    private const double LayerRate = 2.5;

    // The ternary student's rate, as a share of the pairs', unless the command line gives one for both.
    private const double TernaryRate = 0.2;

    private readonly KeptUnits _kept;
    private readonly ITrainableModel _pairs;
    private readonly ITrainableModel _ternary;

    private SplitStudent(KeptUnits kept, ITrainableModel ternary, ITrainableModel pairs)
    {
        _kept = kept;
        _ternary = ternary;
        _pairs = pairs;
    }

    /// <summary>Makes the ternary student, starts it from the teacher's most important units, and splits it.</summary>
    /// <param name="engine">What computes the ternary student.</param>
    /// <param name="ternary">The ternary student.</param>
    /// <param name="options">How both are computed.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="pairs">The student of pairs.</param>
    /// <param name="source">What is learnt from, with labels.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static SplitStudent Create(
        ITrainingEngine engine, ModelSpec ternary, TrainableOptions options, ITrainableModel teacher, ITrainableModel pairs, BatchSource source,
        CancellationToken cancellation)
    {
        KeptUnits kept = KeptUnits.Of(
            teacher, source, RankedBatches, ternary.Dimensions.Heads, ternary.Dimensions.IntermediateSize, options.Threads, cancellation);
        ITrainableModel student = engine.Create(ternary, options with { Scheme = Scheme.Ternary }, cancellation);
        kept.Copy(teacher, student);
        QuantizerInitialization.Run(student, source);
        StudentInitializer.Split(student, pairs);
        return new SplitStudent(kept, student, pairs);
    }

    /// <summary>Lists the stages.</summary>
    /// <param name="pairs">How long and how fast the pairs learn.</param>
    /// <param name="hasRate">Whether the command line gave the rate, which then is the ternary student's, too.</param>
    /// <param name="temperature">What logits are divided by before they are compared.</param>
    /// <param name="spanWeight">The weight of the teacher's answers to questions.</param>
    public IReadOnlyList<TrainingStage> Stages(TrainingOptions pairs, bool hasRate, double temperature, double spanWeight)
    {
        LossOptions both = DistillMethod.LossOf("kd", temperature, spanWeight);
        LossOptions layers = both with { Prediction = false };
        LossOptions answers = both with { Transformer = false };
        TrainingOptions ternary = hasRate ? pairs : Faster(pairs, TernaryRate);
        TrainingStage Stage(string name, ITrainableModel model, LossOptions loss, TrainingOptions options) =>
            new(model, loss, options) { Name = name, TeacherHeads = _kept.Heads };
        return
        [
            Stage("ternary weights learn layers", _ternary, layers, Faster(ternary, LayerRate)),
            Stage("ternary weights learn answers", _ternary, answers, ternary),
            Stage("pairs of binary weights learn layers", _pairs, layers, Faster(pairs, LayerRate)) with
            {
                Begin = () => StudentInitializer.Split(_ternary, _pairs),
            },
            Stage("pairs of binary weights learn answers", _pairs, answers, pairs),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => _ternary.Dispose();

    private static TrainingOptions Faster(TrainingOptions options, double factor) =>
        options with { Optimizer = options.Optimizer with { LearningRate = options.Optimizer.LearningRate * factor } };
}
