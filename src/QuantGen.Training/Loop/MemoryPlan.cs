using QuantGen.Trainable;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Batching;
using QuantGen.Training.Losses;
using QuantGen.Training.Optimization;

namespace QuantGen.Training.Loop;

/// <summary>The bytes that training needs, known before the first step.</summary>
/// <param name="Parameters">Values of the model, what they are when they are quantized, and gradients of what is not frozen.</param>
/// <param name="Optimizer">Moments.</param>
/// <param name="Best">The copy of the best epoch's values.</param>
/// <param name="Activations">Activations and their gradients for the largest batch, or part of one.</param>
/// <param name="Teacher">Values and activations of the teacher.</param>
public sealed record MemoryPlan(long Parameters, long Optimizer, long Best, long Activations, long Teacher)
{
    /// <summary>Gets the sum.</summary>
    public long Total => Parameters + Optimizer + Best + Activations + Teacher;

    /// <summary>Plans steps of batches, without evaluations.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="objective">What is minimised.</param>
    /// <param name="teacher">The teacher, whose parameters are frozen; null without one.</param>
    /// <param name="tokens">Tokens of the largest batch that is computed at once.</param>
    /// <param name="longest">Tokens of its longest sequence.</param>
    public static MemoryPlan Of(ITrainableModel model, Objective objective, ITrainableModel? teacher, int tokens, int longest)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(objective);
        return new MemoryPlan(
            Parameters: Bytes(model.Parameters) + Bytes(model.Parameters.Where(parameter => !parameter.IsFrozen)) + model.QuantizerBytes,
            Optimizer: 2 * Bytes(model.Parameters.Where(AdamOptimizer.IsTrained)),
            Best: 0,
            Activations: model.ActivationBytes(tokens, longest) + objective.Bytes(tokens, longest),
            Teacher: teacher is null || !objective.NeedsTeacher ? 0
                : Bytes(teacher.Parameters) + teacher.QuantizerBytes + teacher.ActivationBytes(tokens, longest));
    }

    internal static MemoryPlan Of(
        ITrainableModel model, Objective objective, ITrainableModel? teacher, BatchSource source, IModelEvaluator? evaluator, TrainingOptions options)
    {
        (int Tokens, int Longest)[] batches = [.. Enumerable.Range(0, options.Epochs).Select(epoch => source.Largest(epoch, options.Parts))];
        MemoryPlan steps = Of(model, objective, teacher, batches.Max(batch => batch.Tokens), batches.Max(batch => batch.Longest));
        return evaluator is null ? steps : steps with
        {
            Best = Bytes(model.Parameters),
            Activations = Math.Max(steps.Activations, model.ActivationBytes(evaluator.Largest.Tokens, evaluator.Largest.Longest)),
        };
    }

    private static long Bytes(IEnumerable<Parameter> parameters) => parameters.Sum(parameter => (long)sizeof(float) * parameter.Values.Length);
}
