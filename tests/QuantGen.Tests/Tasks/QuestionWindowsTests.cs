using QuantGen.Tasks;
using QuantGen.Tests.Execution;
using QuantGen.Tokenization;

namespace QuantGen.Tests.Tasks;

public sealed class QuestionWindowsTests
{
    private static readonly BertTokenizer s_tokenizer = BertTokenizer.FromVocabulary(
        System.Text.Encoding.UTF8.GetBytes(string.Concat(SessionModel.Words.Select(word => word + "\n"))), new TokenizerOptions(), "vocab.txt");

    [Theory]
    [InlineData(0, 16, 128)]
    [InlineData(5, 16, 128)]
    [InlineData(9, 16, 128)]
    [InlineData(10, 16, 128)]
    [InlineData(11, 16, 128)]
    [InlineData(57, 16, 128)]
    [InlineData(57, 16, 1)]
    [InlineData(57, 16, 3)]
    [InlineData(57, 7, 2)]
    [InlineData(400, 384, 128)]
    [InlineData(1000, 384, 128)]
    [InlineData(1000, 128, 128)]
    public void Windows_cover_every_token_of_the_context(int words, int maxLength, int advance)
    {
        var random = new Random(words);
        string context = string.Join(
            ' ', Enumerable.Range(0, words).Select(_ => SessionModel.Words[random.Next(5, SessionModel.Words.Length)].Replace("##", "play")));
        const string Question = "where is rome";
        QuestionWindows windows = QuestionWindows.Encode(s_tokenizer, Question, context, maxLength, new AnswerOptions { Advance = advance });
        EncodedText whole = s_tokenizer.Encode(Question, context);
        Assert.Equal(whole.Offsets[5..^1].ToArray(), windows.Offsets);
        int covered = 0;
        int token = 0;
        for (int i = 0; i < windows.Windows.Count; i++)
        {
            SpanWindow window = windows.Windows[i];
            int length = windows.Items[i].Length;
            Assert.InRange(length, 1, maxLength);
            Assert.Equal((token, 5), (window.FirstToken, window.ContextOffset));
            Assert.Equal(5 + window.ContextCount + 1, length);
            Assert.True(window.ContextStart <= covered);
            Assert.Equal(
                whole.Ids.Slice(5 + window.ContextStart, window.ContextCount).ToArray(),
                windows.Items[i].Ids.Slice(5, window.ContextCount).ToArray());
            covered = window.ContextEnd;
            token += length;
        }

        Assert.Equal(windows.Offsets.Count, covered);
        Assert.Equal(windows.Items.Sum(window => window.Length), token);
    }

    [Fact]
    public void Windows_advance_as_asked_or_by_half_of_what_they_hold()
    {
        string context = string.Join(' ', Enumerable.Repeat("cat", 900));
        int[] Starts(int maxLength, int advance) =>
            [.. QuestionWindows.Encode(s_tokenizer, "who", context, maxLength, new AnswerOptions { Advance = advance }).Windows
                .Take(3).Select(window => window.ContextStart)];
        Assert.Equal([0, 128, 256], Starts(384, 128));
        Assert.Equal([0, 50, 100], Starts(104, 128));
        Assert.Equal([0, 1, 2], Starts(5, 1));
    }
}
