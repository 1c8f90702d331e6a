using QuantGen.Training.Batching;

namespace QuantGen.Training.Tests.Batching;

public sealed class MaskedBatchSourceTests
{
    private const int Mask = 4;
    private static readonly Example[] s_examples =
    [
        .. Enumerable.Range(0, 400).Select(i => new Example([2, .. Enumerable.Range(0, 30).Select(t => 5 + ((i + t) % 10)), 3], new byte[32])),
    ];

    [Fact]
    public void Hides_a_share_of_the_tokens_by_the_rule()
    {
        Batch batch = Source().Make([.. Enumerable.Range(0, 400)], epoch: 0);
        int[] places = batch.Inputs.HeadTokens!;
        Assert.Equal(places.Length, batch.Targets.Length);
        Assert.Equal(places.Order().Distinct(), places);
        Assert.InRange(places.Length / (400.0 * 30), 0.14, 0.16);
        int[] plain = [.. s_examples.SelectMany(example => example.Ids)];
        Assert.Equal(places.Select(place => plain[place]), batch.Targets);
        double masked = places.Count(place => batch.Inputs.Ids[place] == Mask) / (double)places.Length;
        double kept = places.Count(place => batch.Inputs.Ids[place] == plain[place]) / (double)places.Length;
        Assert.InRange(masked, 0.77, 0.83);

        // One in fifteen of the random pieces is the right one by chance, and as many are the mask.
        Assert.InRange(kept, 0.08, 0.14);
        var hidden = places.ToHashSet();
        Assert.All(Enumerable.Range(0, plain.Length).Where(place => !hidden.Contains(place)), place => Assert.Equal(plain[place], batch.Inputs.Ids[place]));
        Assert.All(places, place => Assert.InRange(place % 32, 1, 30));
    }

    [Fact]
    public void What_is_hidden_depends_on_seed_epoch_and_example_only()
    {
        int[] alone = Source().Make([7], epoch: 2).Inputs.Ids;
        Assert.Equal(alone, Source().Make([3, 7], epoch: 2).Inputs.Ids[32..]);
        Assert.NotEqual(alone, Source().Make([7], epoch: 3).Inputs.Ids);
        Assert.NotEqual(alone, Source(seed: 1).Make([7], epoch: 2).Inputs.Ids);
    }

    [Fact]
    public void Shortest_sequence_hides_its_only_token()
    {
        var source = new MaskedBatchSource([new Example([2, 6, 3], new byte[3])], Vocabularies.Small, 1, 0);
        Assert.All(Enumerable.Range(0, 20), epoch => Assert.Equal([1], source.Make([0], epoch).Inputs.HeadTokens!));
    }

    [Fact]
    public void Vocabulary_needs_a_mask()
        => Assert.Contains(
            "no '[MASK]'", Assert.Throws<ArgumentException>(() => new MaskedBatchSource(s_examples, Vocabularies.Of("[UNK]", "[CLS]", "[SEP]"), 1, 0)).Message,
            StringComparison.Ordinal);

    private static MaskedBatchSource Source(ulong seed = 0) => new(s_examples, Vocabularies.Small, 16, seed);
}
