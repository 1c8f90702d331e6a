using QuantGen.Tasks;

namespace QuantGen.Tests.Tasks;

public sealed class EntityGroupingTests
{
    private const string Text = "Anna Bell saw Oslo";
    private static readonly string[] s_labels = ["O", "B-PER", "I-PER", "B-LOC", "E-PER", "S-LOC"];

    [Fact]
    public void Pieces_stand_for_themselves()
    {
        IReadOnlyList<Entity> entities = EntityGrouping.Group(Anna(), Text, s_labels, EntityAggregation.None);
        Assert.Equal(["An/B-PER", "na/I-PER", "Bell/I-PER", "Oslo/B-LOC"], entities.Select(entity => $"{entity.Text}/{entity.Label}"));
    }

    [Fact]
    public void Neighbours_of_a_kind_are_joined()
    {
        IReadOnlyList<Entity> entities = EntityGrouping.Group(Anna(), Text, s_labels, EntityAggregation.Simple);
        Assert.Equal(2, entities.Count);
        Assert.Equal(("Anna Bell", 0, 9, "PER"), (entities[0].Text, entities[0].Start, entities[0].End, entities[0].Label));
        Assert.Equal((0.9f + 0.6f + 0.6f) / 3, entities[0].Score, 1e-6f);
        Assert.Equal(("Oslo", "LOC"), (entities[1].Text, entities[1].Label));
    }

    [Theory]
    [InlineData(EntityAggregation.First, "Anna/PER 0.6", 0.6)]
    [InlineData(EntityAggregation.Max, "Anna/LOC 0.8", 0.8)]
    [InlineData(EntityAggregation.Average, "Anna/LOC 0.5", 0.5)]
    public void Words_have_one_tag(EntityAggregation aggregation, string expected, double score)
    {
        // The first piece says PER with 0.6, the second LOC with 0.8; means are 0.4 for PER and 0.5 for LOC.
        TokenScores[] tokens = [Token(0, 2, (1, 0.6f), (3, 0.2f)), Token(2, 4, true, (3, 0.8f), (1, 0.2f))];
        Entity entity = Assert.Single(EntityGrouping.Group(tokens, Text, s_labels, aggregation));
        Assert.Equal(expected, FormattableString.Invariant($"{entity.Text}/{entity.Label} {score}"));
        Assert.Equal(score, entity.Score, 1e-6);
    }

    [Fact]
    public void First_and_last_tags_part_entities()
    {
        TokenScores[] tokens = [Token(0, 4, (1, 1)), Token(5, 9, (4, 1)), Token(10, 13, (2, 1)), Token(14, 18, (5, 1))];
        Assert.Equal(
            ["Anna Bell/PER", "saw/PER", "Oslo/LOC"],
            EntityGrouping.Group(tokens, Text, s_labels, EntityAggregation.Simple).Select(entity => $"{entity.Text}/{entity.Label}"));
    }

    [Fact]
    public void Tags_without_places_are_joined()
    {
        TokenScores[] tokens = [Token(0, 4, (1, 1)), Token(5, 9, (1, 1)), Token(10, 13, (0, 1)), Token(14, 18, (2, 1))];
        Assert.Equal(
            ["Anna Bell/PER", "Oslo/LOC"],
            EntityGrouping.Group(tokens, Text, ["O", "PER", "LOC"], EntityAggregation.Simple).Select(entity => $"{entity.Text}/{entity.Label}"));
    }

    private static TokenScores[] Anna() =>
    [
        Token(0, 2, (1, 0.9f)), Token(2, 4, true, (2, 0.6f)), Token(5, 9, (2, 0.6f)), Token(10, 13, (0, 0.9f)), Token(14, 18, (3, 0.7f)),
    ];

    private static TokenScores Token(int start, int end, params (int Label, float Probability)[] some) => Token(start, end, false, some);

    private static TokenScores Token(int start, int end, bool continues, params (int Label, float Probability)[] some)
    {
        float[] probabilities = new float[6];
        foreach ((int label, float probability) in some)
        {
            probabilities[label] = probability;
        }

        return new TokenScores(start, end, continues, probabilities);
    }
}
