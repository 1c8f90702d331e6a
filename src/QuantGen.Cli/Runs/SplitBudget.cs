using QuantGen.Cli.Conventions;
using QuantGen.Specs;
using QuantGen.Training.Distillation;

namespace QuantGen.Cli.Runs;

/// <summary>A bound of a student of pairs, within which its most sensitive matrices are split.</summary>
/// <param name="Student">The student in full precision, in which they are measured.</param>
/// <param name="Bytes">The most bytes of its tensors, the vocabulary excepted.</param>
internal sealed record SplitBudget(ModelSpec Student, long Bytes)
{
    /// <summary>Makes the budget that a command line asks for.</summary>
    /// <param name="student">The student in full precision.</param>
    /// <param name="pairs">The student with all matrices split.</param>
    /// <param name="asked">The most bytes of all tensors and the vocabulary.</param>
    /// <param name="vocabulary">The bytes of the vocabulary.</param>
    /// <exception cref="UsageException">Without any pair the student has more.</exception>
    public static SplitBudget Of(ModelSpec student, ModelSpec pairs, long asked, long vocabulary)
    {
        long least = SplitPlan.Bytes(SplitPlan.Single(pairs)) + vocabulary;
        return asked >= least ? new SplitBudget(student, asked - vocabulary) : throw new UsageException(FormattableString.Invariant(
            $"--split-budget is {asked} bytes, and this student has {least} with no matrix split, {SplitPlan.Bytes(pairs) + vocabulary} with all of them"));
    }
}
