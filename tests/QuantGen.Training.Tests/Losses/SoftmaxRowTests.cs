using QuantGen.Training.Losses;

namespace QuantGen.Training.Tests.Losses;

public sealed class SoftmaxRowTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(1003)]
    public void Is_the_softmax_of_the_definition(int count)
    {
        float[] logits = [.. Enumerable.Range(0, count).Select(i => (40 * MathF.Sin(i * 1.7f)) - (i == 3 ? 900 : 0))];
        double[] probabilities = new double[count];
        double normalizer = SoftmaxRow.Fill(logits, 1.5, probabilities);
        double sum = logits.Sum(logit => Math.Exp(logit / 1.5));
        Assert.Equal(Math.Log(sum), normalizer, 1e-13 * Math.Max(1, Math.Abs(normalizer)));
        Assert.All(Enumerable.Range(0, count), i => Assert.Equal(Math.Exp(logits[i] / 1.5) / sum, probabilities[i], 1e-14));
        Assert.Equal(1, probabilities.Sum(), 1e-13);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Logit_that_is_not_finite_makes_no_finite_loss(float bad)
    {
        float[] logits = [1, 2, bad, 4, 5];
        Assert.False(double.IsFinite(SoftmaxRow.Fill(logits, 1, new double[5])));
    }
}
