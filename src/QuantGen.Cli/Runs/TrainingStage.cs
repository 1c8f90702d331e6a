using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Loop;
using QuantGen.Training.Losses;

namespace QuantGen.Cli.Runs;

/// <summary>One of the trainings that a command runs one after the other, as one.</summary>
/// <param name="Model">What is trained.</param>
/// <param name="Loss">Of what the loss consists.</param>
/// <param name="Options">How long and how fast.</param>
internal sealed record TrainingStage(ITrainableModel Model, LossOptions Loss, TrainingOptions Options)
{
    /// <summary>Gets what it is called; empty where there is one stage only.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>Gets what is done before its first step, and not when it is continued.</summary>
    public Action Begin { get; init; } = () => { };

    /// <summary>Gets the examples; null for those of the run.</summary>
    public BatchSource? Source { get; init; }

    /// <summary>Gets what its state keeps for later stages.</summary>
    public Func<IReadOnlyDictionary<string, float[]>> Carried { get; init; } = () => new Dictionary<string, float[]>();

    /// <summary>Gets what is done before it is continued, with what its state kept.</summary>
    public Action<IReadOnlyDictionary<string, float[]>> Continue { get; init; } = _ => { };

    /// <summary>Gets what is done after its last step; says whether the stages behind it are trained, too.</summary>
    public Func<CancellationToken, bool> End { get; init; } = _ => true;

    /// <summary>Gets whom it imitates, a model of a stage before; null for the teacher of the whole training.</summary>
    public ITrainableModel? Teacher { get; init; }

    /// <summary>Gets which of the teacher's heads are imitated; null for all.</summary>
    public IReadOnlyList<int[]>? TeacherHeads { get; init; }
}
