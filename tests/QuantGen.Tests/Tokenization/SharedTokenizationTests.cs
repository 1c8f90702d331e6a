using System.Text.Json;
using QuantGen.Probe;
using QuantGen.Tokenization;

namespace QuantGen.Tests.Tokenization;

/// <summary>Every row the reference tokenizer wrote, in this process and in one without ICU.</summary>
[Trait("Category", "Shared")]
public sealed class SharedTokenizationTests
{
    private static readonly string s_vocabulary = SharedFiles.Path("vocab/bert-base-uncased-vocab.txt");

    [Theory]
    [InlineData("tokenization/bert-base-uncased.json", true)]
    [InlineData("tokenization/no-lowercase.json", false)]
    public void Every_row_agrees_with_the_reference_tokenizer(string rowsFile, bool lowerCase)
    {
        var options = new TokenizerOptions { LowerCase = lowerCase };
        BertTokenizer tokenizer = BertTokenizer.FromVocabulary(File.ReadAllBytes(s_vocabulary), options, "vocab.txt");

        (int rows, IReadOnlyList<string> differences) = TokenizerRows.Compare(tokenizer, SharedFiles.Path(rowsFile));

        Assert.Equal(1232, rows);
        Assert.Empty(differences);
    }

    [Theory]
    [InlineData("tokenization/bert-base-uncased.json", "lower")]
    [InlineData("tokenization/no-lowercase.json", "cased")]
    public void Every_row_agrees_in_invariant_globalization_mode(string rowsFile, string casing)
    {
        var environment = new Dictionary<string, string> { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" };

        string output = ProbeProcess.Run(environment, "tokenize-shared", s_vocabulary, casing, SharedFiles.Path(rowsFile));

        Assert.Equal("invariant=True rows=1232 different=0", output.Trim());
    }

    [Fact]
    public void Tokenizer_json_gives_the_same_tokenizer_as_the_vocabulary()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", File.ReadAllBytes(SharedFiles.Path("tokenization/bert-base-uncased-tokenizer.json")));
        folder.Write("vocab.txt", File.ReadAllBytes(s_vocabulary));

        BertTokenizer tokenizer = BertTokenizer.FromDirectory(folder.Path);

        Assert.Empty(TokenizerRows.Compare(tokenizer, SharedFiles.Path("tokenization/bert-base-uncased.json")).Differences);
        Assert.True(tokenizer.VocabularyBytes.Span.TrimEnd("\n"u8).SequenceEqual(File.ReadAllBytes(s_vocabulary).AsSpan().TrimEnd("\n"u8)));
    }

    [Theory]
    [InlineData("sst2", "SST-2/dev.tsv", 1, 64)]
    [InlineData("sst2-albert", "SST-2/dev.tsv", 1, 64)]
    [InlineData("stsb", "STS-B/dev.tsv", 2, 512)]
    [InlineData("trec", "TREC/test.tsv", 1, 64)]
    public void Model_folders_give_the_ids_their_model_was_run_on(string model, string data, int columns, int maxLength)
    {
        BertTokenizer tokenizer = BertTokenizer.FromDirectory(SharedFiles.Path($"models/{model}"));
        string[] lines = [.. File.ReadLines(SharedFiles.Path($"data/{data}")).Skip(1)];
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Path($"models/{model}/reference.json")));
        JsonElement[] rows = [.. reference.RootElement.GetProperty("rows").EnumerateArray()];
        var options = new EncodeOptions { MaxLength = maxLength, Truncation = Truncation.LongestFirst };

        Assert.Equal(rows.Length, lines.Length);
        Assert.Equal(512, tokenizer.ModelMaxLength);
        for (int i = 0; i < rows.Length; i++)
        {
            string[] cells = lines[i].Split('\t');
            EncodedText encoding = tokenizer.Encode(cells[0], columns == 2 ? cells[1] : null, options);
            Assert.Equal(Numbers(rows[i], "input_ids"), encoding.Ids.ToArray());
            Assert.Equal(Numbers(rows[i], "token_type_ids"), encoding.TypeIds.ToArray().Select(value => (int)value));
        }
    }

    private static IEnumerable<int> Numbers(JsonElement row, string name) =>
        row.GetProperty(name).EnumerateArray().Select(value => value.GetInt32());
}
