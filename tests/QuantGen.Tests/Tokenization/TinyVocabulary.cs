using QuantGen.Tokenization;

namespace QuantGen.Tests.Tokenization;

/// <summary>A vocabulary small enough to work out every expectation by hand.</summary>
internal static class TinyVocabulary
{
    public const string Lines =
        "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\nrun\n##ning\na\nb\nc\nd\ne\ncafe\n##s\n.\n,\n!\n"
        + "中\n文\nstrasse\nß\ni\n##\u0307\nᄒ\n##ᅡ\n##ᆫ\ncaf\n##é\ncafé\n😀\n[\n]\nmask\n##b\n##c\ndon\n'\nt\n";

    public static BertTokenizer Make(TokenizerOptions? options = null) =>
        BertTokenizer.FromVocabulary(System.Text.Encoding.UTF8.GetBytes(Lines), options ?? new TokenizerOptions(), "tiny.txt");

    /// <summary>Encodes and shows the tokens without the two special ones, joined by spaces.</summary>
    public static string Show(string text, TokenizerOptions? options = null)
    {
        IReadOnlyList<string> tokens = Make(options).Encode(text).Tokens;
        Assert.Equal("[CLS]", tokens[0]);
        Assert.Equal("[SEP]", tokens[^1]);
        return string.Join(' ', tokens.Skip(1).SkipLast(1));
    }
}
