using QuantGen.Kernels;
using QuantGen.Trainable.Kernels;

namespace QuantGen.Tests.Kernels;

/// <summary>Every activation function and its derivative against formulas in double; <see cref="KernelBitsTests{TLanes}"/> has all widths of lanes.</summary>
public sealed class ActivationTests
{
    private const double Step = 1e-4;

    public static TheoryData<HiddenActivation> Functions => [.. Enum.GetValues<HiddenActivation>()];

    // Not a multiple of any vector, and with 0 among them.
    private static float[] Arguments => [.. Enumerable.Range(-60_001, 120_003).Select(i => i * 0.00053f)];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Values_are_within_3e7(HiddenActivation function)
    {
        float[] x = Arguments;
        float[] y = [.. x];
        Activation.Apply(function, ref y[0], y.Length);
        Assert.All(x.Zip(y), pair =>
            Assert.InRange(Math.Abs(Formula(function, pair.First) - pair.Second) / Math.Max(1, Math.Abs(pair.First)), 0, 3e-7));
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Gradients_are_multiplied_by_the_slope_of_the_formula(HiddenActivation function)
    {
        float[] x = Arguments;
        float[] y = [.. x];
        float[] gradients = [.. x.Select((_, i) => (i % 3) - 1.5f)];
        float[] found = [.. gradients];
        Activation.Apply(function, ref y[0], y.Length);
        ActivationGradients.Apply(function, ref x[0], ref y[0], ref found[0], found.Length);
        double worst = 0;
        for (int i = 0; i < x.Length; i++)
        {
            // At its corner the rectifier has the slope of its left.
            double at = function == HiddenActivation.Relu && x[i] == 0 ? -1 : x[i];
            double slope = (Formula(function, at + Step) - Formula(function, at - Step)) / (2 * Step);
            worst = Math.Max(worst, Math.Abs((slope * gradients[i]) - found[i]));
        }

        // The tanh form multiplies what cancels in 1 - s(v) by the slope of a cubic.
        Assert.InRange(worst, 0, function == HiddenActivation.GeluNew ? 5e-6 : 2e-6);
    }

    [Theory]
    [InlineData(HiddenActivation.Relu)]
    [InlineData(HiddenActivation.Silu)]
    [InlineData(HiddenActivation.QuickGelu)]
    public void Far_values_are_the_limits_and_nan_stays(HiddenActivation function)
    {
        float[] x = [float.NegativeInfinity, -1e30f, -200f, 0f, 200f, 1e30f, float.PositiveInfinity, float.NaN];
        float[] y = [.. x];
        Activation.Apply(function, ref y[0], y.Length);
        Assert.Equal([0f, 0f, 0f, 0f, 200f, 1e30f, float.PositiveInfinity, float.NaN], y);

        float[] gradients = [.. x.Select(_ => 1f)];
        ActivationGradients.Apply(function, ref x[0], ref y[0], ref gradients[0], x.Length);
        Assert.Equal([0f, 0f, 0f], gradients[..3].Select(g => MathF.Round(g, 6)));
        Assert.Equal([1f, 1f, 1f], gradients[4..7]);
    }

    private static double Formula(HiddenActivation function, double x) => function switch
    {
        HiddenActivation.Gelu => 0.5 * x * (1 + Samples.Erf(x / Math.Sqrt(2))),
        HiddenActivation.GeluNew => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        HiddenActivation.Tanh => Math.Tanh(x),
        HiddenActivation.Relu => Math.Max(0, x),
        HiddenActivation.Silu => x / (1 + Math.Exp(-x)),
        _ => x / (1 + Math.Exp(-1.702 * x)),
    };
}
