using QuantGen.Tokenization;

namespace QuantGen.Tests.Tokenization;

public sealed class DecoderTests
{
    [Theory]
    [InlineData("Unaffable running, a.", "unaffable running, a.")]
    [InlineData("don't !", "don ' t!")]
    [InlineData("[MASK]a", "a")]
    public void Joins_pieces_and_cleans_up_spaces(string text, string expected)
    {
        BertTokenizer tokenizer = TinyVocabulary.Make();

        Assert.Equal(expected, tokenizer.Decode(tokenizer.Encode(text).Ids, skipSpecialTokens: true));
    }

    [Fact]
    public void Keeps_special_tokens_when_asked()
    {
        BertTokenizer tokenizer = TinyVocabulary.Make();

        Assert.Equal("[CLS] unaffable. [SEP]", tokenizer.Decode(tokenizer.Encode("unaffable.").Ids, skipSpecialTokens: false));
    }

    [Fact]
    public void Leaves_out_ids_outside_the_vocabulary() => Assert.Equal("a b", TinyVocabulary.Make().Decode([10, -1, 999_999, 11], false));

    [Fact]
    public void A_leading_inner_piece_keeps_its_prefix() => Assert.Equal("##ning a", TinyVocabulary.Make().Decode([9, 10], false));

    [Fact]
    public void Spaces_stay_without_clean_up() =>
        Assert.Equal("a .", TinyVocabulary.Make(new TokenizerOptions { CleanUpDecodedSpaces = false }).Decode([10, 17], false));
}
