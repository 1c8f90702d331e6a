using QuantGen.Tasks;

namespace QuantGen.Tests.Tasks;

public sealed class LabelChoiceTests
{
    [Fact]
    public void Among_equal_logits_the_first_is_chosen()
    {
        float[] probabilities = new float[4];
        LabelChoice choice = LabelChoice.Of([1, 3, 3, 2], probabilities);
        Assert.Equal(1, choice.Index);
        Assert.Equal(Math.Exp(3) / (Math.Exp(1) + (2 * Math.Exp(3)) + Math.Exp(2)), choice.Probability, 1e-6);
        Assert.Equal(LabelChoice.Probabilities([1, 3, 3, 2]), probabilities);
    }

    [Fact]
    public void Large_logits_do_not_overflow() => Assert.Equal(new LabelChoice(0, 1f), LabelChoice.Of([10_000, -10_000], new float[2]));

    [Fact]
    public void A_single_label_has_a_sigmoid() => Assert.Equal(1 / (1 + Math.Exp(3)), LabelChoice.Of([-3], new float[1]).Probability, 1e-6);

    [Fact]
    public void No_logits_have_no_probabilities() => Assert.Empty(LabelChoice.Probabilities([]));
}
