using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Distillation;
using QuantGen.Training.Engines;
using QuantGen.Training.Loop;
using QuantGen.Training.Losses;

namespace QuantGen.Cli.Runs;

/// <summary>
/// A student whose activations have one bit, and one of two bits between it and the teacher (BiT's cascade): that learns from the teacher, and then is the
/// start and the teacher of the other.
/// </summary>
internal sealed class CascadeStudent : IDisposable
{
    private readonly ITrainableModel _between;
    private readonly ITrainableModel _student;
    private readonly BatchSource _source;

    private CascadeStudent(ITrainableModel between, ITrainableModel student, BatchSource source)
    {
        _between = between;
        _student = student;
        _source = source;
    }

    /// <summary>Gets the student between.</summary>
    public ITrainableModel Between => _between;

    /// <summary>Makes the student between, and starts both from the teacher's weights.</summary>
    /// <param name="engine">What computes the student between.</param>
    /// <param name="between">The student between.</param>
    /// <param name="options">How both are computed.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="student">The student of one bit.</param>
    /// <param name="source">What is learnt from.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static CascadeStudent Create(
        ITrainingEngine engine, ModelSpec between, TrainableOptions options, ITrainableModel teacher, ITrainableModel student, BatchSource source,
        CancellationToken cancellation)
    {
        var cascade = new CascadeStudent(engine.Create(between, options, cancellation), student, source);
        StudentInitializer.Start(teacher, cascade._between, source);
        StudentInitializer.Start(teacher, student, source);
        return cascade;
    }

    /// <summary>Lists the stages.</summary>
    /// <param name="loss">Of what the loss of both consists.</param>
    /// <param name="options">How long and how fast each learns.</param>
    public IReadOnlyList<TrainingStage> Stages(LossOptions loss, TrainingOptions options) =>
    [
        new(_between, loss, options) { Name = "activations of two bits" },
        new(_student, loss, options with { TeacherEngine = options.Engine })
        {
            Name = "activations of one bit", Teacher = _between, Begin = () => StudentInitializer.Start(_between, _student, _source),
        },
    ];

    /// <inheritdoc/>
    public void Dispose() => _between.Dispose();
}
