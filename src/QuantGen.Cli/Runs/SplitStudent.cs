using System.Globalization;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
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

    // Two passes of a batch for each group of matrices.
    private const int MeasuredBatches = 16;

    private readonly KeptUnits _kept;
    private readonly ITrainableModel _pairs;
    private readonly ITrainableModel _ternary;

    private SplitStudent(KeptUnits kept, ITrainableModel ternary, ITrainableModel pairs)
    {
        _kept = kept;
        _ternary = ternary;
        _pairs = pairs;
    }

    /// <summary>Gets the student of pairs, which is not this one's to dispose.</summary>
    public ITrainableModel Pairs => _pairs;

    /// <summary>Gets the ternary student.</summary>
    public ITrainableModel Ternary => _ternary;

    /// <summary>Gets which of its matrices are pairs; null where all are.</summary>
    public SplitPlan? Plan { get; private init; }

    /// <summary>Makes the ternary student, starts it from the teacher's most important units, and splits it.</summary>
    /// <param name="engine">What computes the students.</param>
    /// <param name="specs">The ternary student, and the student of pairs.</param>
    /// <param name="budget">What bounds the pairs; null where all matrices are split.</param>
    /// <param name="options">How both are computed.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="source">What is learnt from, with labels.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static SplitStudent Create(
        ITrainingEngine engine, (ModelSpec Ternary, ModelSpec Pairs) specs, SplitBudget? budget, TrainableOptions options, ITrainableModel teacher,
        BatchSource source, CancellationToken cancellation)
    {
        (ModelSpec ternary, ModelSpec pairs) = specs;
        KeptUnits kept = KeptUnits.Of(
            teacher, source, RankedBatches, ternary.Dimensions.Heads, ternary.Dimensions.IntermediateSize, options.Threads, cancellation);
        SplitPlan? plan = null;
        if (budget is not null)
        {
            using ITrainableModel full = engine.Create(budget.Student, options, cancellation);
            kept.Copy(teacher, full);
            plan = SplitPlan.Of(full, teacher, pairs, source, MeasuredBatches, budget.Bytes, options.Threads, cancellation);
        }

        ITrainableModel student = engine.Create(ternary, options with { Scheme = Scheme.Ternary }, cancellation);
        kept.Copy(teacher, student);
        QuantizerInitialization.Run(student, source);
        ITrainableModel made = engine.Create(plan?.Spec ?? pairs, options, cancellation);
        StudentInitializer.Split(student, made);
        return new SplitStudent(kept, student, made) { Plan = plan };
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

    /// <summary>Tells which matrices are split, and why.</summary>
    public void Write(Report report)
    {
        if (Plan is null)
        {
            return;
        }

        static string Loss(double loss) => loss.ToString("0.0000", CultureInfo.InvariantCulture);
        var table = new TextTable("weights", "bytes of a split", "loss as one bit", "loss as ternary", "split");
        foreach (SplitGroup group in Plan.Groups)
        {
            table.Add(
                group.Name, group.Bytes.ToString("N0", CultureInfo.InvariantCulture), Loss(group.SingleLoss), Loss(group.SplitLoss),
                group.IsSplit ? "yes" : "no");
        }

        report.Table(table);
    }

    /// <inheritdoc/>
    public void Dispose() => _ternary.Dispose();

    private static TrainingOptions Faster(TrainingOptions options, double factor) =>
        options with { Optimizer = options.Optimizer with { LearningRate = options.Optimizer.LearningRate * factor } };
}
