using System.Text.Json;
using QuantGen.Execution;
using QuantGen.Tasks;

namespace QuantGen.Tests.Execution;

public sealed class MemberOutputsTests
{
    [Fact]
    public void Outputs_are_means_by_the_weight_of_votes() =>
        Assert.Equal([1.25f, -1.5f], Join([3, 1], EnsembleVote.Weighted, [1, 0, 2, -6]));

    [Theory]
    [InlineData(EnsembleVote.Votes, new[] { 1.1, 0.4, 0.5 }, new[] { 0.55, 0.45, 0 })]
    [InlineData(EnsembleVote.Votes, new[] { 0.8, 0.4, 0.5 }, new[] { 0.8 / 1.7, 0.9 / 1.7, 0 })]
    [InlineData(EnsembleVote.Majority, new[] { 1.1, 0.4, 0.5 }, new[] { 0.3335, 0.6665, 0 })]
    public void Softmax_of_votes_are_their_shares(EnsembleVote vote, double[] weights, double[] shares)
    {
        // The classes 0, 1 and 1.
        float[] outputs = Join(weights, vote, [2, 1, 0, 0, 3, 1, -1, 1, 0]);
        double[] powers = [.. outputs.Select(output => Math.Exp(output))];
        Assert.All(shares.Zip(powers), pair => Assert.Equal(pair.First, pair.Second / powers.Sum(), 1e-3));
    }

    [Theory]
    [InlineData(new[] { 0.4, 0.5 }, 1)]
    [InlineData(new[] { 0.6, 0.5 }, 0)]
    public void A_tie_of_majorities_is_decided_by_weights(double[] weights, int winner) =>
        Assert.Equal(winner, ClassificationMetrics.ArgMax(Join(weights, EnsembleVote.Majority, [2, 1, 0, 3])));

    [Theory]
    [InlineData(1)]
    [InlineData(0.7)]
    [InlineData(0.1)]
    [InlineData(1e-5)]
    public void Logarithms_are_those_of_mathematics(double share)
    {
        float[] outputs = Join([share, 1 - share + 1e-300], EnsembleVote.Votes, [1, 0, 0, 1]);
        Assert.Equal(Math.Log(share), outputs[0], 1e-6);
    }

    [Fact]
    [Trait("Category", "Shared")]
    public void Weighted_vote_is_that_of_the_vector()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Path("vectors/07_bebert.json")));
        JsonElement data = document.RootElement.GetProperty("cases").EnumerateArray().Single(item => item.GetProperty("name").GetString() == "weighted vote");
        double[] weights = [.. data.GetProperty("alphas").EnumerateArray().Select(value => value.GetDouble())];
        float[] outputs = Join(
            weights, EnsembleVote.Votes, [.. data.GetProperty("votes").EnumerateArray().SelectMany(vote => vote.GetInt32() == 0 ? new[] { 1f, 0 } : [0, 1f])]);
        Assert.Equal(data.GetProperty("winner").GetInt32(), ClassificationMetrics.ArgMax(outputs));
        Assert.All(
            data.GetProperty("scores").EnumerateArray().Zip(outputs),
            pair => Assert.Equal(pair.First.GetDouble() / weights.Sum(), Math.Exp(pair.Second), 1e-6));
    }

    private static float[] Join(double[] votes, EnsembleVote vote, float[] members)
    {
        float[] results = new float[members.Length / votes.Length];
        new MemberOutputs(votes, vote).Join(members, results);
        return results;
    }
}
