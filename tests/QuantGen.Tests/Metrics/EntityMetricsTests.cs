using QuantGen.Tasks;

namespace QuantGen.Tests.Metrics;

public sealed class EntityMetricsTests
{
    [Fact]
    public void Counts_are_those_made_by_hand()
    {
        // Wanted: PER 0-2, LOC 3-4; ORG 0-1, PER 1-2. Found: PER 0-2, LOC 4-5; ORG 0-2. Right: PER 0-2.
        EntityScore score = Score(
            ["B-PER I-PER O B-LOC O", "B-ORG B-PER O"],
            ["B-PER I-PER O O B-LOC", "B-ORG I-ORG O"]);
        Assert.Equal(new EntityScore(1, 3, 4), score);
        Assert.Equal(1 / 3.0, score.Precision);
        Assert.Equal(0.25, score.Recall);
        Assert.Equal(2 / 7.0, score.F1);
    }

    [Fact]
    public void An_inner_tag_begins_nothing_where_others_begin() =>
        Assert.Equal(new EntityScore(0, 1, 2), Score(["B-PER I-PER O B-LOC"], ["I-PER I-PER O B-ORG"]));

    [Fact]
    public void The_kind_counts() => Assert.Equal(new EntityScore(0, 1, 1), Score(["B-PER I-PER"], ["B-LOC I-LOC"]));

    [Fact]
    public void Last_and_single_words_have_tags_of_their_own()
    {
        Assert.Equal(new EntityScore(2, 2, 2), Score(["B-PER I-PER E-PER S-LOC"], ["B-PER I-PER E-PER S-LOC"]));

        // Without a last word there is no entity.
        Assert.Equal(new EntityScore(1, 1, 2), Score(["B-PER E-PER S-LOC"], ["B-PER I-PER S-LOC"]));
        Assert.Equal(new EntityScore(1, 1, 1), Score(["B-PER L-PER"], ["B-PER L-PER"]));
    }

    [Fact]
    public void Tags_without_places_are_runs()
    {
        Assert.Equal(new EntityScore(1, 2, 2), Score(["PER PER O LOC"], ["PER PER LOC LOC"]));

        // The first scheme of CoNLL: B- stands only between two entities of a kind.
        Assert.Equal(new EntityScore(2, 2, 2), Score(["I-PER B-PER I-PER"], ["I-PER B-PER I-PER"]));
        Assert.Equal(new EntityScore(1, 2, 2), Score(["I-PER B-PER I-PER"], ["I-PER B-PER O"]));
    }

    [Fact]
    public void Nothing_to_find_is_no_division_by_zero() => Assert.Equal(0, Score(["O O"], ["O O"]).F1);

    [Fact]
    public void Every_word_needs_both_tags() => Assert.Throws<ArgumentException>(() => Score(["O O"], ["O"]));

    private static EntityScore Score(string[] labels, string[] predictions) =>
        EntityMetrics.Score([.. predictions.Select(line => line.Split(' '))], [.. labels.Select(line => line.Split(' '))]);
}
