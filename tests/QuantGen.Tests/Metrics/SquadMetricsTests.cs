using QuantGen.Tasks;

namespace QuantGen.Tests.Metrics;

public sealed class SquadMetricsTests
{
    [Theory]
    [InlineData("The  Quick, brown fox!", "quick brown fox", "quick brown fox", 1, 1.0)]
    [InlineData("in 1999", "1999|year 1999", "in 1999", 0, 0.6666666666666666)]
    [InlineData("", "", "", 1, 1.0)]
    [InlineData("something", "", "something", 0, 0.0)]
    [InlineData("a an the", "the", "", 1, 1.0)]
    [InlineData("cat dog cat", "cat cat bird", "cat dog cat", 0, 0.6666666666666666)]
    [InlineData("U.S. Navy", "us navy|the navy", "us navy", 1, 1.0)]
    public void Worked_examples_agree(string prediction, string golds, string normalized, double exact, double f1)
    {
        Assert.Equal(normalized, SquadMetrics.Normalize(prediction));
        Assert.Equal(exact, SquadMetrics.ExactMatch(prediction, golds.Split('|'), SquadVersion.V2));
        Assert.Equal(f1, SquadMetrics.F1(prediction, golds.Split('|'), SquadVersion.V2), 1e-9);
    }

    [Theory]
    [InlineData("a_b", "ab")]
    [InlineData("x-the-y", "xthey")]
    [InlineData("the—end", "—end")]
    [InlineData("caf\u00e9\u2014the bar", "caf\u00e9\u2014 bar")]
    [InlineData("THE\u00a0Who\t\u001can\n", "who")]
    [InlineData("a\u00b2 area", "a\u00b2 area")]
    [InlineData("$5 + 3^2 = <x>", "5 32 x")]
    [InlineData("£5", "£5")]
    [InlineData("\ud83d\ude00 an \ud800", "\ud83d\ude00 \ud800")]
    public void Normalizing_follows_the_scripts(string answer, string expected) => Assert.Equal(expected, SquadMetrics.Normalize(answer));

    [Fact]
    public void Versions_differ_where_nothing_is_left()
    {
        Assert.Equal(0.0, SquadMetrics.F1("", [""], SquadVersion.V1));
        Assert.Equal(1.0, SquadMetrics.F1("", [""], SquadVersion.V2));
        Assert.Equal(1.0, SquadMetrics.F1("the", [], SquadVersion.V2));
        Assert.Equal(1.0, SquadMetrics.ExactMatch("", ["the", "x"], SquadVersion.V1));
        Assert.Equal(0.0, SquadMetrics.ExactMatch("", ["the", "x"], SquadVersion.V2));
    }

    [Fact]
    public void Best_threshold_of_the_worked_example()
    {
        (double best, double threshold) = SquadMetrics.BestThreshold(
            [1.0, 0.5, 0.0, 0.0, 1.0], [0.1, 0.4, 0.35, 0.9, 0.95], [true, true, false, false, true], ["x", "y", "z", "", "w"]);
        Assert.Equal(70.0, best, 1e-9);
        Assert.Equal(0.95, threshold);
        Assert.Throws<ArgumentException>(() => SquadMetrics.BestThreshold([], [], [], []));
        Assert.Throws<ArgumentException>(() => SquadMetrics.BestThreshold([1.0], [double.NaN], [true], ["x"]));
    }
}
