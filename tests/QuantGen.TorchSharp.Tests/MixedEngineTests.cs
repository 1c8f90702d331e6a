using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Losses;
using QuantGen.Training.Optimization;

namespace QuantGen.TorchSharp.Tests;

/// <summary>A teacher in one engine and a student in the other, through the losses and the optimizer of training.</summary>
public sealed class MixedEngineTests
{
    private const int Steps = 12;

    [Fact]
    public void A_generated_student_learns_from_a_teacher_on_libtorch_as_from_a_generated_one()
    {
        AssertSame(Losses(teacherOnTorch: false, studentOnTorch: false), Losses(teacherOnTorch: true, studentOnTorch: false));
    }

    [Fact]
    public void A_student_on_libtorch_learns_from_a_generated_teacher_as_a_generated_one_does()
    {
        AssertSame(Losses(teacherOnTorch: false, studentOnTorch: false), Losses(teacherOnTorch: false, studentOnTorch: true));
    }

    private static void AssertSame(double[] expected, double[] actual)
    {
        Assert.True(expected[^1] < 0.8 * expected[0]);
        for (int step = 0; step < Steps; step++)
        {
            Assert.True(
                Math.Abs(expected[step] - actual[step]) <= 0.01 * expected[step],
                $"the loss of step {step} is {actual[step]}, and {expected[step]} in the other engine");
        }
    }

    private static double[] Losses(bool teacherOnTorch, bool studentOnTorch)
    {
        using EnginePair teachers = EnginePair.Small("Bert32");
        using EnginePair students = EnginePair.Small("BertLsq");
        ITrainableModel teacher = teacherOnTorch ? teachers.Torch : teachers.Generated;
        ITrainableModel student = studentOnTorch ? students.Torch : students.Generated;
        Batch batch = Examples();
        student.Forward(batch.Inputs, new ForwardOptions(ForwardPurpose.Calibrate));
        var objective = new Objective(student.Spec, new LossOptions(), teacher.Spec, threads: 1);
        var optimizer = new AdamOptimizer(student.Parameters, new OptimizerOptions { LearningRate = 1e-3 }, threads: 1);
        double[] losses = new double[Steps];
        for (int step = 0; step < Steps; step++)
        {
            teacher.Forward(batch.Inputs, new ForwardOptions(ForwardPurpose.Evaluate));
            student.Forward(batch.Inputs, new ForwardOptions(ForwardPurpose.Train, Step: step));
            losses[step] = objective.Compute(student, batch, teacher.Trace).Total;
            student.Backward();
            optimizer.Step(1);
        }

        return losses;
    }

    private static Batch Examples()
    {
        var random = new Random(2);
        return new Batch([.. Enumerable.Range(3, 6).Select(length => new Example(
            [.. Enumerable.Range(0, length).Select(_ => random.Next(31))], new byte[length])
        {
            Label = length % 3,
        })]);
    }
}
