using QuantGen.Training.Batching;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Tests.Losses;

/// <summary>Shares and gradients of the parts of a batch are those of the whole batch, to the bit.</summary>
public sealed class StepLossTests
{
    private static readonly float[] s_logits = [.. Enumerable.Range(0, 60).Select(i => 3 * MathF.Sin(i))];
    private static readonly float[] s_teacher = [.. Enumerable.Range(0, 60).Select(i => 2 * MathF.Cos(2 * i))];

    [Fact]
    public void Classes()
    {
        int[] targets = [0, 2, -1, 1, 1, -1, 0, 2, 2, 1];
        var options = new LossOptions { ClassWeights = [1, 0.5, 3], LabelSmoothing = 0.1 };
        double counted = RowLosses.CountedWeight(targets, options.ClassWeights);
        AssertParts(10, 3, (logits, gradients, first, rows) =>
            RowLosses.CrossEntropy(logits, gradients, rows, 3, targets[first..(first + rows)], counted, options, 2));
        AssertParts(10, 3, (logits, gradients, first, rows) =>
            RowLosses.SoftCrossEntropy(logits, s_teacher[(3 * first)..], gradients, rows, 3, 10, 2, 1));
    }

    [Fact]
    public void Values_and_labels()
    {
        double[] wanted = [.. Enumerable.Range(0, 10).Select(i => 0.1 * i)];
        int[][] classes = [[0], [], [1, 2], [0, 2], [1], [], [0, 1, 2], [2], [2], [0]];
        AssertParts(10, 1, (outputs, gradients, first, rows) => RowLosses.Squares(outputs, gradients, wanted[first..(first + rows)], 10));
        AssertParts(10, 1, (outputs, gradients, first, rows) => LabelLosses.CrossEntropy(outputs, gradients, wanted[first..(first + rows)], 10));
        AssertParts(10, 3, (logits, gradients, first, rows) =>
            LabelLosses.CrossEntropy(logits, gradients, classes[first..(first + rows)], 3, 10, LossOptions.Labels));
        AssertParts(10, 3, (logits, gradients, first, rows) =>
            LabelLosses.SoftCrossEntropy(logits, s_teacher[(3 * first)..], gradients, 3 * rows, 30, 2));
    }

    [Fact]
    public void Spans()
    {
        Example[] examples = [.. Enumerable.Range(0, 10).Select(i => new Example(new int[3], new byte[3]) { AnswerStart = i % 5, AnswerEnd = (i + 1) % 4 })];
        int[] counted = SpanLosses.Counted([new Batch(examples)]);
        AssertParts(10, 6, (logits, gradients, first, rows) =>
            SpanLosses.CrossEntropy(logits, gradients, new Batch(examples[first..(first + rows)]), counted));
        AssertParts(10, 6, (logits, gradients, first, rows) =>
            SpanLosses.SoftCrossEntropy(logits, s_teacher[(6 * first)..], gradients, new Batch(examples[first..(first + rows)]), 30, 2, 5));
    }

    [Fact]
    public void Traces_of_sequences_that_have_more_than_a_chunk()
    {
        int[] lengths = [9, 20, 1, 33, 17];
        int[] starts = [0, 9, 29, 30, 63, 80];
        const int Columns = 1000;
        float[] student = [.. Enumerable.Range(0, 80 * Columns).Select(i => MathF.Sin(i))];
        float[] teacher = [.. Enumerable.Range(0, 80 * Columns).Select(i => MathF.Cos(3 * i))];
        float[] whole = new float[student.Length];
        float[] parts = new float[student.Length];
        double[] expected = TraceLoss.Squares(student, teacher, whole, starts, Columns, student.Length, 3, 2);
        var actual = new List<double>();
        for (int s = 0; s < lengths.Length; s++)
        {
            Range own = (starts[s] * Columns)..(starts[s + 1] * Columns);
            float[] gradients = new float[lengths[s] * Columns];
            actual.AddRange(TraceLoss.Squares(student[own], teacher[own], gradients, [0, lengths[s]], Columns, student.Length, 3, 1));
            gradients.CopyTo(parts, starts[s] * Columns);
        }

        Assert.Equal(expected, actual);
        Assert.Equal(whole, parts);
    }

    private static void AssertParts(int rows, int columns, Func<float[], float[], int, int, double[]> loss)
    {
        float[] whole = new float[rows * columns];
        double[] expected = loss(s_logits[..whole.Length], whole, 0, rows);
        var shares = new List<double>();
        var gradients = new List<float>();
        foreach ((int first, int count) in new[] { (0, 1), (1, 4), (5, 2), (7, rows - 7) })
        {
            float[] own = new float[count * columns];
            shares.AddRange(loss(s_logits[(first * columns)..((first + count) * columns)], own, first, count));
            gradients.AddRange(own);
        }

        Assert.Equal(expected, shares);
        Assert.Equal(whole, gradients);
        Assert.Contains(whole, gradient => gradient != 0);
    }
}
