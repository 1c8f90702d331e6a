using QuantGen.Specs;
using QuantGen.Training.Engines;

namespace QuantGen.Training.Loop;

/// <summary>What is about to happen.</summary>
/// <param name="Spec">The model.</param>
/// <param name="Engine">What computes it.</param>
/// <param name="TeacherEngine">What computes its teacher; null without one.</param>
/// <param name="TotalSteps">Steps of the whole training.</param>
/// <param name="StepsPerEpoch">Steps of an epoch.</param>
/// <param name="DoneSteps">Steps that an interrupted run has done.</param>
/// <param name="Epochs">What earlier epochs came to, when a run is continued.</param>
/// <param name="Curve">The losses so far, when a run is continued.</param>
/// <param name="Memory">The memory that training needs.</param>
public sealed record TrainingStart(
    ModelSpec Spec, EngineDescription Engine, EngineDescription? TeacherEngine, long TotalSteps, int StepsPerEpoch, long DoneSteps,
    IReadOnlyList<EpochRecord> Epochs, IReadOnlyList<CurvePoint> Curve, MemoryPlan Memory);
