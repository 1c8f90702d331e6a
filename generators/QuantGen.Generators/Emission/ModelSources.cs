using QuantGen.Generators.Emission.Plans;
using QuantGen.Generators.Emission.Training;
using QuantGen.Generators.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>The files of one class: surface, spec, plan, encoder and training. Kernels belong to no class.</summary>
internal static class ModelSources
{
    public static IEnumerable<EmittedFile> Emit(ClassSpec spec)
    {
        var plan = new ModelPlan(spec);
        yield return new EmittedFile(spec.Hint + ".Model.g.cs", SurfaceEmitter.Emit(plan));
        yield return new EmittedFile(spec.Hint + ".Spec.g.cs", SpecEmitter.Emit(plan));
        yield return new EmittedFile(spec.Hint + ".Plan.g.cs", PlanEmitter.Emit(plan));
        yield return new EmittedFile(spec.Hint + ".Encoder.g.cs", EncoderEmitter.Emit(plan));
        if (spec.Training)
        {
            yield return new EmittedFile(spec.Hint + ".Training.g.cs", TrainingEmitter.Emit(plan));
        }
    }
}
