using QuantGen.Training.Engines;
using QuantGen.Training.Optimization;

namespace QuantGen.Training.Loop;

/// <summary>How long and how fast a model learns.</summary>
public sealed record TrainingOptions
{
    /// <summary>Gets how often all examples are seen. Default 3.</summary>
    public int Epochs { get; init; } = 3;

    /// <summary>Gets the steps after which training ends although epochs are left; null, the default, for no limit.</summary>
    public long? MaxSteps { get; init; }

    /// <summary>
    /// Gets how many parts a step's batch is run in, one after the other, whose gradients are added up (gradient accumulation): it takes the memory of one
    /// part, and a step stays a step. Default 1.
    /// </summary>
    public int Parts { get; init; } = 1;

    /// <summary>Gets the share of all steps in which learning rates rise. Default 0.</summary>
    public double WarmupShare { get; init; }

    /// <summary>Gets the optimizer. Default AdamW as KDLSQ-BERT uses it.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>Gets the seed of dropout. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gets the most threads of losses and optimizer. Results do not depend on it. Default one per processor.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Gets the skipped steps in a row after which training fails. Default 10.</summary>
    public int MaxSkippedInARow { get; init; } = 10;

    /// <summary>Gets the file in which the state of training is kept, the best epoch's parameters included; null, the default, for nowhere.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>
    /// Gets the steps between two writes of <see cref="CheckpointPath"/>. Default 500; 0 writes it only when training is interrupted or fails.
    /// </summary>
    public int CheckpointEvery { get; init; } = 500;

    /// <summary>Gets what computes the model, for those who read logs, and because a training continues only where it began. Default generated code.</summary>
    public EngineDescription Engine { get; init; } = EngineDescription.Generated;

    /// <summary>Gets what computes the teacher; null, the default, when it is <see cref="Engine"/>, too.</summary>
    public EngineDescription? TeacherEngine { get; init; }

    /// <summary>Gets what computes the teacher.</summary>
    public EngineDescription EngineOfTeacher => TeacherEngine ?? Engine;

    /// <summary>Gets what else the result depends on, by name, such as the hash of the starting weights. To continue, all of it must be as it was.</summary>
    public IReadOnlyDictionary<string, string> Identity { get; init; } = new Dictionary<string, string>();
}
