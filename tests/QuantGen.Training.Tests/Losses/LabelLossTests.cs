using QuantGen.Training.Losses;

namespace QuantGen.Training.Tests.Losses;

public sealed class LabelLossTests
{
    private static readonly float[] s_logits = [0.3f, -1.2f, 0.7f, 2, 0.1f, -0.4f];
    private static readonly int[][] s_classes = [[0, 2], []];

    [Fact]
    public void Each_label_is_a_decision_of_its_own()
    {
        // log(1 + e^-x) where a label holds, log(1 + e^x) where it does not.
        double expected = (Softplus(-0.3) + Softplus(-1.2) + Softplus(-0.7) + Softplus(2) + Softplus(0.1) + Softplus(-0.4)) / 6;
        Assert.Equal(expected, LabelLosses.CrossEntropy(s_logits, new float[6], s_classes, 3, 2, LossOptions.Labels).Sum(), 1e-6);
    }

    [Fact]
    public void Gradients_are_difference_quotients()
    {
        var options = new LossOptions { LabelSmoothing = 0.1, ClassWeights = [2, 1, 0.5] };
        AssertGradients((logits, gradients) => LabelLosses.CrossEntropy(logits, gradients, s_classes, 3, 2, options).Sum());
        AssertGradients((logits, gradients) => LabelLosses.CrossEntropy(logits, gradients, [0, 1, 0.5, 0.25, 1, 0], 6).Sum());
        AssertGradients((logits, gradients) => LabelLosses.SoftCrossEntropy(logits, [1, 0.5f, -0.5f, -1, 0.2f, 3], gradients, 6, 6, 2).Sum());
        AssertGradients((logits, gradients) => Classes(logits, gradients, [2, 0], options));
    }

    [Fact]
    public void Weights_and_smoothing_are_what_they_are_called()
    {
        double first = Classes(s_logits, new float[6], [2], LossOptions.Labels);
        double second = Classes(s_logits[3..], new float[3], [0], LossOptions.Labels);
        var weighted = new LossOptions { ClassWeights = [3, 1, 1] };
        Assert.Equal((first + (3 * second)) / 4, Classes(s_logits, new float[6], [2, 0], weighted), 1e-9);
        double all = Enumerable.Range(0, 3).Average(target => Classes(s_logits, new float[6], [target], LossOptions.Labels));
        var smooth = new LossOptions { LabelSmoothing = 0.2 };
        Assert.Equal((0.8 * first) + (0.2 * all), Classes(s_logits, new float[6], [2], smooth), 1e-9);
    }

    private static double Softplus(double x) => Math.Log(1 + Math.Exp(x));

    private static double Classes(float[] logits, float[] gradients, int[] targets, LossOptions options) => RowLosses.CrossEntropy(
        logits, gradients, targets.Length, 3, targets, RowLosses.CountedWeight(targets, options.ClassWeights), options, 1).Sum();

    private static void AssertGradients(Func<float[], float[], double> loss)
    {
        float[] gradients = new float[6];
        loss(s_logits, gradients);
        for (int i = 0; i < gradients.Length; i++)
        {
            float[] above = [.. s_logits];
            float[] below = [.. s_logits];
            above[i] += 1e-2f;
            below[i] -= 1e-2f;
            Assert.Equal((loss(above, new float[6]) - loss(below, new float[6])) / ((double)above[i] - below[i]), gradients[i], 1e-4);
        }
    }
}
