using QuantGen.Tokenization;

namespace QuantGen.Tests.Tokenization;

public sealed class AsciiBlockTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_character_is_classified_like_the_reference(bool lowerCase)
    {
        char[] text = new char[AsciiBlock.Length];
        for (int first = 0; first <= char.MaxValue; first += text.Length)
        {
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = (char)(first + i);
            }

            AssertLikeReference(text, lowerCase);
        }
    }

    [Fact]
    public void Every_length_is_classified_like_the_reference()
    {
        const string Text = "The 39 Steps; a film by A. Hitchcock from 1935 -- and what a film! Zz";
        for (int length = 0; length <= Text.Length; length++)
        {
            AssertLikeReference(Text.AsSpan(0, length), lowerCase: true);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(64)]
    public void Padded_hashes_equal_plain_ones(int length)
    {
        byte[] bytes = new byte[length + PieceHash.Padding];
        new Random(3).NextBytes(bytes);

        Assert.Equal(PieceHash.Compute(bytes.AsSpan(0, length)), PieceHash.ComputePadded(bytes, length));
    }

    private static void AssertLikeReference(ReadOnlySpan<char> text, bool lowerCase)
    {
        byte[] expected = new byte[AsciiBlock.Length];
        byte[] actual = new byte[AsciiBlock.Length];
        ulong mask = AsciiBlock.Reference(text, lowerCase, expected);

        Assert.Equal(mask, AsciiBlock.Classify(text, lowerCase, actual));
        for (int i = 0; i < AsciiBlock.Length; i++)
        {
            Assert.True((mask >> i & 1) == 0 || expected[i] == actual[i]);
        }
    }
}
