using QuantGen.Tasks;

namespace QuantGen.Tests.Tasks;

public sealed class PredictionTests
{
    private static readonly string[] s_labels = ["bad", "fair", "good", "best"];

    [Fact]
    public void Every_label_has_its_probability()
    {
        var prediction = new Prediction(s_labels, [1, 3, 3, 2]);
        double sum = Math.Exp(1) + (2 * Math.Exp(3)) + Math.Exp(2);
        Assert.Equal(("fair", 1), (prediction.Label, prediction.LabelIndex));
        Assert.Equal([1f, 3f, 3f, 2f], prediction.Logits);
        Assert.Equal(4, prediction.Probabilities.Count);
        Assert.Equal(Math.Exp(1) / sum, prediction.Probabilities[0], 1e-6);
        Assert.Equal(Math.Exp(2) / sum, prediction.Probabilities[3], 1e-6);
        Assert.Equal(prediction.Probability, prediction.Probabilities[1]);
        Assert.Equal(prediction.Probabilities[1], prediction.Probabilities[2]);
    }

    [Fact]
    public void The_likeliest_labels_come_first_and_of_equal_ones_the_first()
    {
        var prediction = new Prediction(s_labels, [1, 3, 3, 2]);
        Assert.Equal([("fair", 1), ("good", 2), ("best", 3)], prediction.Top(3).Select(label => (label.Label, label.LabelIndex)));
        Assert.Equal(new LabelProbability("fair", 1, prediction.Probability), Assert.Single(prediction.Top(1)));
        Assert.Equal(["fair", "good", "best", "bad"], prediction.Top(100).Select(label => label.Label));
        Assert.Equal(prediction.Probabilities.OrderDescending(), prediction.Top(4).Select(label => label.Probability));
        Assert.Throws<ArgumentOutOfRangeException>(() => prediction.Top(0));
    }

    [Fact]
    public void A_prediction_keeps_its_own_logits_and_shows_its_label()
    {
        float[] logits = [0, 0];
        var prediction = new Prediction(["yes", "no"], logits);
        logits[1] = 7;
        Assert.Equal([0f, 0f], prediction.Logits);
        Assert.Equal("yes (0.5000)", prediction.ToString());
    }

    [Fact]
    public void Labels_and_logits_must_be_as_many()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => new Prediction(["yes", "no"], [1, 2, 3]));
        Assert.Contains("there are 2 labels and 3 logits", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Prediction([], []));
        Assert.Throws<ArgumentNullException>(() => new Prediction(null!, [1]));
    }
}
