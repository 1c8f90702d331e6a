using QuantGen.Trainable;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Batching;
using QuantGen.Training.Losses;
using QuantGen.Training.Optimization;

namespace QuantGen.Training.Loop;

/// <summary>The bytes that training needs, known before the first step.</summary>
/// <param name="Parameters">Values of the model, and gradients of what is not frozen.</param>
/// <param name="Optimizer">Moments.</param>
/// <param name="Best">The copy of the best epoch's values.</param>
/// <param name="Activations">Activations and their gradients for the largest batch, or part of one.</param>
/// <param name="Teacher">Values and activations of the teacher.</param>
public sealed record MemoryPlan(long Parameters, long Optimizer, long Best, long Activations, long Teacher)
{
    /// <summary>Gets the sum.</summary>
    public long Total => Parameters + Optimizer + Best + Activations + Teacher;

    internal static MemoryPlan Of(
        ITrainableModel model, Objective objective, ITrainableModel? teacher, BatchSource source, IModelEvaluator? evaluator, TrainingOptions options)
    {
        (int Tokens, int Longest)[] batches = [.. Enumerable.Range(0, options.Epochs).Select(epoch => source.Largest(epoch, options.Parts))];
        (int tokens, int longest) = (batches.Max(batch => batch.Tokens), batches.Max(batch => batch.Longest));
        long activations = model.ActivationBytes(tokens, longest) + objective.Bytes(tokens, longest);
        if (evaluator is not null)
        {
            activations = Math.Max(activations, model.ActivationBytes(evaluator.Largest.Tokens, evaluator.Largest.Longest));
        }

        return new MemoryPlan(
            Parameters: Bytes(model.Parameters) + Bytes(model.Parameters.Where(parameter => !parameter.IsFrozen)),
            Optimizer: 2 * Bytes(model.Parameters.Where(AdamOptimizer.IsTrained)),
            Best: evaluator is null ? 0 : Bytes(model.Parameters),
            activations,
            Teacher: teacher is null || !objective.NeedsTeacher ? 0 : (2 * Bytes(teacher.Parameters)) + teacher.ActivationBytes(tokens, longest));
    }

    private static long Bytes(IEnumerable<Parameter> parameters) => parameters.Sum(parameter => (long)sizeof(float) * parameter.Values.Length);
}
