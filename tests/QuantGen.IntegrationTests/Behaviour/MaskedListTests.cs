using QuantGen.Execution;
using QuantGen.Tasks;
using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>Masked places of many texts get the words that each text alone gets.</summary>
public sealed class MaskedListTests
{
    [Fact]
    public void Many_texts_are_filled_pass_by_pass()
    {
        using InferenceSession session = TestModel.Named("Bert4Masked").Load(options: new LoadOptions { Threads = 1 });
        string mask = session.Tokenizer.Options.MaskToken;
        TextInput[] texts = [.. Enumerable.Range(0, 60).Select(i => new TextInput(string.Join(' ', Enumerable.Repeat(mask, 1 + (i % 5)))))];

        // More than the 256 tokens of one pass.
        Assert.True(texts.Sum(text => session.Tokenizer.Encode(text.Text).Length) > 256);
        IReadOnlyList<IReadOnlyList<IReadOnlyList<MaskedWord>>> words = session.FillMask(texts, top: 3);

        Assert.Equal(texts.Select((_, i) => 1 + (i % 5)), words.Select(places => places.Count));
        for (int i = 0; i < texts.Length; i++)
        {
            IReadOnlyList<IReadOnlyList<MaskedWord>> alone = session.FillMask(texts[i].Text, top: 3);
            Assert.All(alone.Zip(words[i]), pair => Assert.Equal(pair.First, pair.Second));
        }

        Assert.Equal(2, session.FillMask([new TextInput(mask, mask)])[0].Count);
        ArgumentException e = Assert.Throws<ArgumentException>(() => session.FillMask([mask, "nothing"]));
        Assert.StartsWith($"text 1 has no {mask}", e.Message, StringComparison.Ordinal);
    }
}
