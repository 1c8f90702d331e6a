using QuantGen.Execution;
using QuantGen.Tokenization;

namespace QuantGen.Tests.Execution;

public sealed class TokenizerSettingsTests
{
    [Fact]
    public void Options_survive_the_round_trip()
    {
        var options = new TokenizerOptions
        {
            CleanText = false,
            LowerCase = false,
            StripAccents = true,
            HandleChineseCharacters = false,
            MaxInputCharsPerWord = 77,
            ContinuingPrefix = "@@",
            UnknownToken = "<unk>",
            ClassifyToken = "<s>",
            SeparatorToken = "</s>",
            PadToken = "<pad>",
            MaskToken = "<mask \"é\">",
            FindSpecialTokens = false,
            CleanUpDecodedSpaces = false,
            AddedTokens = [new AddedToken("<user>", Special: false, LeftStrip: true), new AddedToken("<url>", RightStrip: true)],
        };
        TokenizerOptions read = TokenizerSettings.Read(TokenizerSettings.Write(options), "f");
        Assert.Equal(options.AddedTokens, read.AddedTokens);
        Assert.Equal(options, read with { AddedTokens = options.AddedTokens });
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"lower_case":true}""")]
    public void What_is_absent_is_the_default(string json)
    {
        var defaults = new TokenizerOptions();
        Assert.Equal(defaults, TokenizerSettings.Read(json, "f") with { AddedTokens = defaults.AddedTokens });
        Assert.Null(TokenizerSettings.Read(TokenizerSettings.Write(defaults), "f").StripAccents);
    }

    [Fact]
    public void Only_what_differs_from_the_defaults_is_written()
    {
        Assert.Equal("{}", TokenizerSettings.Write(new TokenizerOptions()));
        Assert.Equal(
            """{"lower_case":false,"strip_accents":false}""", TokenizerSettings.Write(new TokenizerOptions { LowerCase = false, StripAccents = false }));
    }

    [Theory]
    [InlineData("", "the end of the text")]
    [InlineData("[]", "expected a JSON object")]
    [InlineData("""{"lowercase":true}""", "expected known keys only, found 'lowercase'")]
    [InlineData("""{"lower_case":1}""", "for 'lower_case'")]
    [InlineData("""{"unknown_token":null}""", "for 'unknown_token'")]
    [InlineData("""{"max_input_chars_per_word":0}""", "a positive whole number")]
    [InlineData("""{"max_input_chars_per_word":1.5}""", "a positive whole number")]
    [InlineData("""{"added_tokens":["a"]}""", "an object for each added token")]
    [InlineData("""{"added_tokens":[{"special":true}]}""", "'content'")]
    [InlineData("""{"added_tokens":[{"content":"a","id":3}]}""", "'id'")]
    public void Anything_else_is_refused(string json, string message)
    {
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => TokenizerSettings.Read(json, "f"));
        Assert.StartsWith("f: tokenizer options: expected ", e.Message);
        Assert.Contains(message, e.Message);
    }

    [Theory]
    [InlineData("""{"classify_token":"[START]"}""")]
    [InlineData("""{"classify_token":""}""")]
    [InlineData("""{"added_tokens":[{"content":"nowhere"}]}""")]
    public void Options_that_do_not_fit_the_vocabulary_fail_the_load(string json)
    {
        var program = new FakeProgram(SessionModel.Spec(BertHead.Regression));
        Assert.Throws<ModelFormatException>(() => InferenceSession.Load(SessionModel.Packed(program.Spec, json), program));
    }

    [Fact]
    public void The_options_of_the_file_are_used()
    {
        var program = new FakeProgram(SessionModel.Spec(BertHead.Regression));
        using InferenceSession session = InferenceSession.Load(SessionModel.Packed(program.Spec, """{"lower_case":false}"""), program);
        Assert.Equal(["[CLS]", "[UNK]", "cat", "[SEP]"], session.Tokenizer.Encode("The cat").Tokens);
    }
}
