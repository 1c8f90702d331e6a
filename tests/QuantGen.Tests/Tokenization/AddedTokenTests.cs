using System.Text;
using System.Text.Json.Nodes;
using QuantGen.Execution;
using QuantGen.Tokenization;

namespace QuantGen.Tests.Tokenization;

/// <summary>Added tokens and normalizers; the ids are those of the reference library (<c>tokenizers</c>, native build) for the same file.</summary>
public sealed class AddedTokenTests
{
    private static readonly string[] s_pieces =
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "co", "##vid", "##1", "##9", "a", "b", "##b", "é", "e", "cafe", "café", "mask", "##x", "new", "york",
        "##s", ".", "İ", "i", "##\u0307",
    ];

    private const string Parts = """{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"Lowercase"},{"type":"StripAccents"}]}""";
    private const string Bert = """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}""";

    public static TheoryData<string, string, string, int[]> Rows() => new()
    {
        { "covid19:25", "", "COVID19 covid19 xcovid19 covid19b", [5, 6, 7, 8, 25, 1, 25, 25, 10] },
        { "covid19:25", "normalized", "COVID19 covid19 acovid19 covid19b", [25, 25, 9, 25, 25, 10] },
        { "COVID19:25", "normalized", "COVID19 covid19 acovid19 cov\u00edd19b", [25, 25, 9, 25, 25, 10] },
        { "mask2:25", "special", "mask2 MASK2", [25, 1] },
        { "mask:16", "special", "mask MASK", [16, 16] },
        { "b:10", "", "a b", [9, 10] },
        { "new york:25", "single_word", "new york new yorks new york. anew york", [25, 18, 19, 20, 25, 21, 1, 19] },
        { "new york:25", "single_word normalized", "New  York New yorks NEW YORK. anew york", [18, 19, 18, 19, 20, 25, 21, 1, 19] },
        { "Ab:25 aB:26", "normalized", "ab", [25] },
        { "\u4e2d\u56fd:25", "normalized", "x\u4e2d\u56fdy", [1, 25, 1] },
        { "zz:25", "normalized lstrip rstrip", "a  zz  b", [9, 25, 10] },
        { "zz:25", "normalized lstrip rstrip", "a ZZ b", [9, 25, 10] },
        { "covid19:25", "normalized", "co\u0000vi\u0301d19 b", [25, 10] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Added_tokens_are_found_where_the_reference_library_finds_them(string tokens, string flags, string text, int[] expected) =>
        AssertIds(expected, text, Json(Bert, Tokens(tokens, flags)));

    [Fact]
    public void Rows_of_the_reference_library_agree_to_the_last_id_and_offset()
    {
        using Stream stream = typeof(AddedTokenTests).Assembly.GetManifestResourceStream("reference-added-tokens.json")!;
        JsonNode root = JsonNode.Parse(stream)!;
        int rows = 0;
        foreach (JsonNode? part in root["cases"]!.AsArray())
        {
            JsonNode json = JsonNode.Parse(TokenizerDefects.ValidJson)!;
            json["normalizer"] = part!["normalizer"]?.DeepClone();
            json["added_tokens"] = part["added_tokens"]!.DeepClone();
            json["model"]!["vocab"] = new JsonObject(root["pieces"]!.AsArray().Select((piece, id) => KeyValuePair.Create((string)piece!, (JsonNode?)id)));
            using var folder = new TemporaryFolder();
            folder.Write("tokenizer.json", json.ToJsonString());
            BertTokenizer tokenizer = BertTokenizer.FromDirectory(folder.Path);
            foreach (JsonNode? row in part["rows"]!.AsArray())
            {
                EncodedText encoding = tokenizer.Encode((string)row!["text"]!);
                Assert.Equal(Numbers(row["ids"]!), encoding.Ids.ToArray());
                Assert.Equal(Numbers(row["offsets"]!), encoding.CodePointOffsets((string)row["text"]!).SelectMany(range => new[] { range.Start, range.End }));
                rows++;
            }
        }

        Assert.Equal(288, rows);

        static int[] Numbers(JsonNode node) => [.. node.AsArray().Select(number => (int)number!)];
    }

    [Fact]
    public void Raw_tokens_are_found_before_normalized_ones_and_a_discarded_one_takes_its_characters()
    {
        AssertIds(
            [26, 25, 26, 25, 26, 9], "[X]zz[X] ZZ[X]a",
            Json(Bert, [.. Tokens("zz:25", "normalized"), .. Tokens("[X]:26", "special")]));
        AssertIds([1, 19, 19], "anew york york", Json(Bert, [.. Tokens("new york:25", "single_word"), .. Tokens("york:19", "")]));
        AssertIds([26], "ab", Json(Bert, [.. Tokens("Ab:25", "normalized"), .. Tokens("aB:26", "normalized special")]));
    }

    [Theory]
    [InlineData(Parts, "Caf\u00e9 \u0130 i", new[] { 14, 23, 23 })]
    [InlineData(Parts, "a\u0903b A\u0301", new[] { 9, 11, 9 })]
    [InlineData("""{"type":"Sequence","normalizers":[{"type":"Lowercase"}]}""", "Caf\u00e9 CAF\u00c9 \u0130 a\tb a\0b", new[] { 15, 15, 23, 24, 9, 10, 1 })]
    [InlineData("""{"type":"StripAccents"}""", "Cafe\u0301 caf\u00e9 a\u0903b", new[] { 1, 15, 9, 11 })]
    [InlineData("null", "Cafe\u0301 caf\u00e9 a AB", new[] { 1, 15, 9, 1 })]
    public void A_sequence_of_known_normalizers_is_a_normalizer(string normalizer, string text, int[] expected) =>
        AssertIds(expected, text, Json(normalizer, []));

    [Fact]
    public void A_sequence_around_the_normalizer_of_BERT_is_that_normalizer()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", Json($$"""{"type":"Sequence","normalizers":[{"type":"Strip","strip_left":true,"strip_right":true},{{Bert}}]}""", []));

        Assert.Null(BertTokenizer.FromDirectory(folder.Path).Options.NormalizationSteps);
    }

    [Fact]
    public void Ids_may_leave_gaps()
    {
        string json = Json(Bert, Tokens("zz:30", "")).Replace("\"[PAD]\":0", "\"[PAD]\":0,\"q\":40", StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", json);

        BertTokenizer tokenizer = BertTokenizer.FromDirectory(folder.Path);

        Assert.Equal(41, tokenizer.Vocabulary.Count);
        Assert.Equal([2, 40, 9, 30, 3], tokenizer.Encode("q a zz").Ids.ToArray());
        Assert.Equal(["[CLS]", "q", "a", "zz", "[SEP]"], tokenizer.Encode("q a zz").Tokens);
        Assert.Equal(string.Empty, tokenizer.Vocabulary.GetPiece(29));
        AssertIds([40, 9, 30], "q a zz", json);
    }

    [Fact]
    public void Older_files_of_added_tokens_are_read()
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", string.Concat(s_pieces.Select(piece => piece + "\n")));
        folder.Write("added_tokens.json", """{"covid19": 27, "Sars": 25, "new": 18}""");
        folder.Write("special_tokens_map.json", """{"additional_special_tokens": ["Sars"], "mask_token": "[MASK]"}""");

        BertTokenizer tokenizer = BertTokenizer.FromDirectory(folder.Path);

        // One that is no special token is looked for in normalized text, as its readers have it.
        Assert.Equal([2, 27, 25, 1, 18, 3], tokenizer.Encode("COVID19 Sars sars new").Ids.ToArray());
        Assert.Equal(28, tokenizer.Vocabulary.Count);
    }

    [Fact]
    public void Added_tokens_of_the_configuration_have_the_ids_it_says()
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", string.Concat(s_pieces.Select(piece => piece + "\n")));
        folder.Write(
            "tokenizer_config.json",
            """
            {"tokenizer_class": "TokenizersBackend", "added_tokens_decoder": {
            "4": {"content": "[MASK]", "special": true, "normalized": false, "lstrip": false, "rstrip": false, "single_word": false},
            "31": {"content": "covid19", "special": false, "normalized": false, "lstrip": false, "rstrip": false, "single_word": false}}}
            """);

        Assert.Equal([2, 5, 6, 7, 8, 31, 3], BertTokenizer.FromDirectory(folder.Path).Encode("COVID19 covid19").Ids.ToArray());
    }

    [Fact]
    public void Ten_thousand_added_tokens_cost_one_pass()
    {
        // Many long tokens with one start: a search token by token looks at ten thousand of them at every character.
        string[] tokens = [.. Enumerable.Range(0, 10_000).Select(i => $"zzzz{i:00000}")];
        byte[] vocabulary = Encoding.UTF8.GetBytes(string.Concat(s_pieces.Concat(tokens).Select(piece => piece + "\n")));
        var options = new TokenizerOptions { AddedTokens = [.. tokens.Select(token => new AddedToken(token) { IsPiece = false })] };
        BertTokenizer tokenizer = BertTokenizer.FromVocabulary(vocabulary, options, "test");
        string text = string.Concat(Enumerable.Range(0, 9_200).Select(i => i % 2 == 0 ? $" zzzz{i:00000}" : " zzzzzzzzz"));

        int[] ids = tokenizer.Encode(text).Ids.ToArray();

        Assert.Equal(9_202, ids.Length);
        Assert.Equal(Enumerable.Range(0, 9_200).Select(i => i % 2 == 0 ? s_pieces.Length + i : 1), ids[1..^1]);
    }

    [Fact]
    public void The_matcher_finds_the_leftmost_and_of_those_the_longest()
    {
        var random = new Random(5);
        for (int round = 0; round < 300; round++)
        {
            string[] tokens = [.. Enumerable.Range(0, 6).Select(_ => RandomText(random, 1 + random.Next(5))).Distinct()];
            string text = RandomText(random, 60);
            var matcher = new AddedTokenMatcher(tokens.Select((token, i) => (new AddedToken(token), i, token)));
            for (int at = 0; at <= text.Length;)
            {
                (int Start, int Length, int Id) expected = Enumerable.Range(at, text.Length - at)
                    .SelectMany(start => tokens.Select((token, id) => (start, token.Length, id)))
                    .Where(match => text.AsSpan(match.start).StartsWith(tokens[match.id], StringComparison.Ordinal))
                    .OrderBy(match => match.start).ThenByDescending(match => match.Length).FirstOrDefault((-1, 0, -1));
                bool found = matcher.TryFind(text, at, out int id, out TextRange range);
                Assert.Equal(expected.Id, id);
                Assert.Equal(expected.Id >= 0, found);
                if (!found)
                {
                    break;
                }

                Assert.Equal(new TextRange(expected.Start, expected.Start + expected.Length), range);
                at = range.End;
            }
        }
    }

    private static string RandomText(Random random, int length) => new([.. Enumerable.Range(0, length).Select(_ => "abc"[random.Next(3)])]);

    private static JsonObject[] Tokens(string tokens, string flags)
    {
        string[] parts = tokens.Split(' ');
        string[] whole = parts.All(part => part.Contains(':', StringComparison.Ordinal)) ? parts : [tokens];
        return [.. whole.Select(part => part.Split(':')).Select(part => new JsonObject
        {
            ["id"] = int.Parse(part[1], System.Globalization.CultureInfo.InvariantCulture), ["content"] = part[0],
            ["special"] = Has("special"), ["single_word"] = Has("single_word"), ["lstrip"] = Has("lstrip"), ["rstrip"] = Has("rstrip"),
            ["normalized"] = Has("normalized"),
        })];

        bool Has(string flag) => flags.Split(' ').Contains(flag);
    }

    private static string Json(string normalizer, JsonObject[] tokens)
    {
        JsonNode root = JsonNode.Parse(TokenizerDefects.ValidJson)!;
        root["normalizer"] = JsonNode.Parse(normalizer);
        root["added_tokens"] = new JsonArray([.. tokens.Select(token => (JsonNode)token)]);
        root["model"]!["vocab"] = new JsonObject(s_pieces.Select((piece, id) => KeyValuePair.Create(piece, (JsonNode?)id)));
        return root.ToJsonString();
    }

    /// <summary>Compares ids of the folder's tokenizer and of the one that a packed file makes of it.</summary>
    private static void AssertIds(int[] expected, string text, string json)
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", json);
        BertTokenizer tokenizer = BertTokenizer.FromDirectory(folder.Path);
        TokenizerOptions options = TokenizerSettings.Read(TokenizerSettings.Write(tokenizer.Options), "test");
        BertTokenizer packed = BertTokenizer.FromVocabulary(tokenizer.VocabularyBytes, options, "test");
        int[] all = [2, .. expected, 3];
        Assert.Equal(all, tokenizer.Encode(text).Ids.ToArray());
        Assert.Equal(all, packed.Encode(text).Ids.ToArray());

        int[] ids = new int[100];
        int count = tokenizer.Encode(text, default, ids, new byte[100], 100, out _);
        Assert.Equal(all, ids[..count]);
    }
}
