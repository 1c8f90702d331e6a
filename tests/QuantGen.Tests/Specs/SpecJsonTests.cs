using System.Globalization;
using System.Text.Json;
using QuantGen.Graph;
using QuantGen.Specs;
using static QuantGen.Tests.Specs.SpecBuilderTests;

namespace QuantGen.Tests.Specs;

public sealed class SpecJsonTests
{
    private static readonly ModelConfig s_tiny = new()
    {
        Layers = 1, HiddenSize = 4, EmbeddingSize = 4, Heads = 2, IntermediateSize = 8, VocabularySize = 20, MaxPositions = 16,
    };

    private static readonly string[] s_names = ["bert-base", "albert", "mixed", "groups", "full", "layers", "lsq", "clusters", "scattered"];

    [Fact]
    public void The_text_is_fixed()
    {
        ModelSpec spec = Build(s_tiny, new SpecOptions { Bits = 2, MaxSequenceLength = 16, Plan = Plan(Entry("*.query") with { GroupBits = Bits(4, 2) }) });
        string json = spec.CanonicalJson;
        Assert.StartsWith(
            """{"architecture":"bert","layers":1,"hidden_size":4,"embedding_size":4,"heads":2,"intermediate_size":8"""
            + ""","vocabulary_size":20,"max_positions":16,"type_vocabulary_size":2"""
            + ""","hidden_activation":"gelu","layer_norm_epsilon":1E-12,"head":"encoder","outputs":0,"embedding_storage":"uniform","embedding_bits":8"""
            + ""","activation_bits":8,"activation_range":"per_token","attention_bits":32,"quantizers":[{"storage":"uniform","bits":4"""
            + ""","group_count":2,"group_size":0,"mapping":"symmetric","group_bits":[4,2],"matrices":["encoder.layer.0.attention.self.query"]},"""
            + """{"storage":"uniform","bits":2,"group_count":1,"group_size":0,"mapping":"symmetric","group_bits":[]"""
            + ""","matrices":["encoder.layer.0.attention.self.key",""",
            json);
        Assert.EndsWith("\"encoder.layer.0.output.dense\"]}]}", json);
        Assert.Equal(2, JsonDocument.Parse(json).RootElement.GetProperty("quantizers").GetArrayLength());
    }

    [Fact]
    public void Attention_is_named_where_it_is_not_that_of_a_softmax()
    {
        ModelSpec spec = Build(s_tiny, new SpecOptions { Bits = 2, MaxSequenceLength = 16, Attention = AttentionKind.Boolean });
        Assert.Contains(""","attention_bits":32,"attention":"boolean","quantizers":""", spec.CanonicalJson);
        Assert.Equal(spec, SpecJson.Read(spec.CanonicalJson));
        Assert.Throws<FormatException>(() => SpecJson.Read(spec.CanonicalJson.Replace("boolean", "softmax", StringComparison.Ordinal)));
    }

    [Fact]
    public void Bits_of_positions_are_named_where_they_are_not_32()
    {
        ModelSpec spec = Build(s_tiny, new SpecOptions { Bits = 2, MaxSequenceLength = 16, PositionBits = 8 });
        Assert.Contains(""","attention_bits":32,"position_bits":8,"quantizers":""", spec.CanonicalJson);
        Assert.Equal(spec, SpecJson.Read(spec.CanonicalJson));
        foreach (string other in (string[])["4", "32"])
        {
            string refused = spec.CanonicalJson.Replace("\"position_bits\":8", "\"position_bits\":" + other, StringComparison.Ordinal);
            Assert.Throws<FormatException>(() => SpecJson.Read(refused));
        }
    }

    [Fact]
    public void Numerics_are_named_where_there_are_no_floats()
    {
        ModelSpec spec = Build(s_tiny, new SpecOptions { Bits = 2, MaxSequenceLength = 16, Numerics = Numerics.Integer });
        Assert.Contains(""","activation_range":"static","attention_bits":8,"numerics":"integer","quantizers":""", spec.CanonicalJson);
        Assert.Equal(spec, SpecJson.Read(spec.CanonicalJson));
        Assert.Throws<FormatException>(() => SpecJson.Read(spec.CanonicalJson.Replace("\"integer\"", "\"float\"", StringComparison.Ordinal)));
        Assert.Throws<FormatException>(() => SpecJson.Read(spec.CanonicalJson.Replace("static", "per_token", StringComparison.Ordinal)));
    }

    [Fact]
    public void Factors_of_residuals_are_named_where_there_are_some()
    {
        ModelSpec spec = Build(s_tiny, new SpecOptions { Bits = 2, MaxSequenceLength = 16, HasResidualFactors = true });
        Assert.Contains(""","attention_bits":32,"residual_factors":true,"quantizers":""", spec.CanonicalJson);
        Assert.Equal(spec, SpecJson.Read(spec.CanonicalJson));
        string refused = spec.CanonicalJson.Replace(":true", ":false", StringComparison.Ordinal);
        Assert.Equal("expected 'true' or nothing for 'residual_factors'", Assert.Throws<FormatException>(() => SpecJson.Read(refused)).Message);
        string shared = spec.CanonicalJson.Replace("bert\",\"layers\":1", "albert\",\"layers\":2", StringComparison.Ordinal);
        Assert.Equal(
            "expected a legal model: Residuals have no factors where layers share their weights",
            Assert.Throws<FormatException>(() => SpecJson.Read(shared)).Message);
    }

    [Fact]
    public void The_width_of_attention_is_named_where_it_is_not_that_of_hidden_states()
    {
        ModelConfig narrow = s_tiny with { Heads = 1, AttentionSize = 2 };
        ModelSpec spec = Build(narrow, new SpecOptions { Bits = 1, MaxSequenceLength = 16, Storage = Storage.BinaryPair });
        Assert.Contains(""","heads":1,"attention_size":2,"intermediate_size":8,""", spec.CanonicalJson);
        Assert.Contains("""{"storage":"binary_pair","bits":1,"group_count":1,""", spec.CanonicalJson);
        Assert.Equal(spec, SpecJson.Read(spec.CanonicalJson));
        Assert.Equal(["2 x 4", "2 x 4", "2 x 4", "4 x 2"], spec.Matrices.Take(4).Select(matrix => $"{matrix.Rows} x {matrix.Columns}"));
        Assert.Equal((2, Storage.Uniform, 8), (spec.HeadSize, spec.EmbeddingStorage, spec.EmbeddingBits));
        Assert.Throws<FormatException>(() => SpecJson.Read(spec.CanonicalJson.Replace("size\":2", "size\":4", StringComparison.Ordinal)));
        Assert.Throws<FormatException>(() => SpecJson.Read(spec.CanonicalJson.Replace("size\":2", "size\":0", StringComparison.Ordinal)));
        Assert.Throws<FormatException>(() => SpecJson.Read(spec.CanonicalJson.Replace("heads\":1", "heads\":3", StringComparison.Ordinal)));
    }

    [Fact]
    public void Matrices_with_one_setting_are_a_star()
        => Assert.EndsWith(
            ""","quantizers":[{"storage":"uniform","bits":2,"group_count":128,"group_size":0,"mapping":"symmetric","group_bits":[],"matrices":["*"]}]}""",
            Model("bert-base").CanonicalJson);

    [Fact]
    public void Layers_that_follow_each_other_are_a_range()
    {
        Assert.Equal(
            [
                [
                    "encoder.layer.0-11.attention.self.query", "encoder.layer.0-11.attention.self.key", "encoder.layer.0-11.attention.self.value",
                    "encoder.layer.0-11.attention.output.dense", "pooler.dense",
                ],
                ["encoder.layer.0-11.intermediate.dense", "encoder.layer.0-11.output.dense"],
            ],
            Patterns(("*.intermediate.dense", 2), ("encoder.layer.*.output.dense", 2), ("*.attention.*", 4)));
        Assert.Equal(
            [
                "encoder.layer.0-2.output.dense", "encoder.layer.5.output.dense", "encoder.layer.10-11.output.dense",
            ],
            Patterns(("*", 2), ("encoder.layer.0-2.output.dense", 8), ("encoder.layer.5.output.dense", 8), ("encoder.layer.10-11.output.dense", 8))[1]);
    }

    [Fact]
    public void The_hash_is_stable()
    {
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", SpecJson.Sha256("abc"));
        ModelSpec spec = Build(new ModelConfig(), new SpecOptions { Bits = 2, GroupCount = 128, Head = BertHead.SequenceClassification });

        // Packed files carry this hash: when it moves, every file made before is refused.
        Assert.Equal("f60f38852d0059400e7fab63b3efbcbe8f157bfed5df7edb2f9a2a66916d49a1", spec.Sha256);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Models_survive_the_round_trip(string name)
    {
        ModelSpec spec = Model(name);
        ModelSpec read = SpecJson.Read(spec.CanonicalJson);
        Assert.Equal(spec, read);
        Assert.Equal(spec.Sha256, read.Sha256);
        Assert.Equal(spec.GetHashCode(), read.GetHashCode());
        Assert.DoesNotContain('\n', spec.CanonicalJson);
        using JsonDocument indented = JsonDocument.Parse(SpecJson.Write(spec, indented: true));
        using JsonDocument canonical = JsonDocument.Parse(spec.CanonicalJson);
        Assert.True(JsonElement.DeepEquals(indented.RootElement, canonical.RootElement));
    }

    [Fact]
    public void Indented_text_is_for_people_only()
    {
        string indented = SpecJson.Write(Model("mixed"), indented: true);
        Assert.StartsWith("{\n  \"architecture\": \"bert\",\n", indented);
        Assert.Throws<FormatException>(() => SpecJson.Read(indented));
    }

    [Fact]
    public void The_culture_does_not_matter()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        string json = Model("mixed").CanonicalJson;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("sv-SE");
            Assert.Equal(json, Model("mixed").CanonicalJson);
            Assert.Equal(Model("mixed"), SpecJson.Read(json));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Equal_models_have_equal_text()
    {
        ModelSpec zero = Build(s_tiny with { LayerNormEpsilon = 0.0 }, new SpecOptions { MaxSequenceLength = 16 });
        ModelSpec negative = Build(s_tiny with { LayerNormEpsilon = -0.0 }, new SpecOptions { MaxSequenceLength = 16 });
        Assert.Equal(zero, negative);
        Assert.Equal(zero.CanonicalJson, negative.CanonicalJson);
    }

    [Theory]
    [InlineData("\"layers\":1", "\"layers\":2")]
    [InlineData("\"layers\":1", "\"layers\":1.0")]
    [InlineData("\"layers\":1", "\"layers\":1e0")]
    [InlineData("\"layers\":1", "\"layers\": 1")]
    [InlineData("\"layers\":1", "\"layers\":-1")]
    [InlineData("\"layers\":1", "\"layers\":1e300")]
    [InlineData("\"layers\":1", "\"layers\":\"1\"")]
    [InlineData("\"layers\":1,", "")]
    [InlineData("\"layers\":1,", "\"layers\":1,\"more\":1,")]
    [InlineData("\"layers\":1,", "\"layers\":1,\"layers\":1,")]
    [InlineData("\"hidden_size\":4", "\"hidden_size\":2147483647")]
    [InlineData("\"layer_norm_epsilon\":1E-12", "\"layer_norm_epsilon\":1e-12")]
    [InlineData("\"layer_norm_epsilon\":1E-12", "\"layer_norm_epsilon\":null")]
    [InlineData("\"architecture\":\"bert\"", "\"architecture\":\"Bert\"")]
    [InlineData("\"architecture\":\"bert\"", "\"architecture\":\"albert\"")]
    [InlineData("\"head\":\"encoder\"", "\"head\":\"0\"")]
    [InlineData("\"head\":\"encoder\"", "\"head\":\"sequence_classification\"")]
    [InlineData("\"outputs\":0", "\"outputs\":2")]
    [InlineData("\"activation_bits\":8", "\"activation_bits\":9")]
    [InlineData("\"activation_bits\":8", "\"activation_bits\":32")]
    [InlineData("\"embedding_bits\":8,", "\"embedding_bits\":32,")]
    [InlineData("\"embedding_storage\":\"uniform\"", "\"embedding_storage\":\"codebook\"")]
    [InlineData("\"embedding_storage\":\"uniform\",", "")]
    [InlineData("\"attention_bits\":32,", "")]
    [InlineData("\"attention_bits\":32,", "\"attention_bits\":16,")]
    [InlineData("{\"storage\":\"uniform\",\"bits\":4", "{\"bits\":4")]
    [InlineData("{\"storage\":\"uniform\",\"bits\":4", "{\"storage\":\"codebook\",\"bits\":4")]
    [InlineData("{\"storage\":\"uniform\",\"bits\":4", "{\"storage\":\"uniform\",\"bits\":32")]
    [InlineData("\"mapping\":\"symmetric\",", "\"mapping\":\"symmetric\",\"clipping\":\"mse\",")]
    [InlineData("self.query", "self.key")]
    [InlineData("[\"encoder.layer.0.attention.self.query\"]", "[]")]
    [InlineData("[\"encoder.layer.0.attention.self.query\"]", "[\"*\"]")]
    [InlineData("[\"encoder.layer.0.attention.self.query\"]", "[null]")]
    [InlineData("encoder.layer.0.attention.self.query", "encoder.layer.0-1.attention.self.query")]
    [InlineData("encoder.layer.0.attention.self.query", "encoder.layer.00.attention.self.query")]
    [InlineData("encoder.layer.0.attention.self.query", "encoder.layer.0-0.0-0")]
    [InlineData("self.query", "self.*")]
    [InlineData("self.query", "self.\\u0071uery")]
    [InlineData("encoder.layer.0.output.dense", "encoder.layer.0-0.output.dense")]
    [InlineData("\"group_bits\":[4,2]", "\"group_bits\":[4,4]")]
    [InlineData("\"group_bits\":[4,2]", "\"group_bits\":[4,1e300]")]
    [InlineData("\"group_bits\":[4,2]", "\"group_bits\":[4,\"2\"]")]
    [InlineData("\"group_bits\":[4,2]", "\"group_bits\":[4,2.5]")]
    [InlineData("\"group_bits\":[4,2]", "\"group_bits\":[2,4,2]")]
    [InlineData("\"group_count\":2", "\"group_count\":3")]
    [InlineData("\"mapping\":\"symmetric\"", "\"mapping\":\"linear\"")]
    [InlineData("\"bits\":4", "\"bits\":9")]
    [InlineData("\"bits\":4", "\"bits\":2")]
    [InlineData("\"quantizers\":[{", "\"quantizers\":[{},{")]
    [InlineData("\"quantizers\":[{", "\"quantizers\":[null,{")]
    [InlineData("\"quantizers\":[{", "\"quantizers\":[[{")]
    public void Other_texts_are_refused(string part, string other)
    {
        string json = Model("mixed").CanonicalJson;
        int at = json.IndexOf(part, StringComparison.Ordinal);
        Assert.True(at >= 0);
        Assert.Throws<FormatException>(() => SpecJson.Read(json[..at] + other + json[(at + part.Length)..]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"quantizers\":[]}")]
    public void Texts_of_another_kind_are_refused(string json) => Assert.Throws<FormatException>(() => SpecJson.Read(json));

    [Fact]
    public void Random_changes_give_the_same_model_or_a_format_exception()
    {
        var random = new Random(20240607);
        string[] texts = [.. s_names.Select(name => Model(name).CanonicalJson)];
        string alphabet = "0123456789-+.eE\"\\{}[]:,*_ abtnu\u0000\u00e9";
        int refused = 0;
        for (int i = 0; i < 2_000; i++)
        {
            string json = texts[i % texts.Length];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int at = random.Next(json.Length);
                int length = Math.Min(random.Next(1, 30), json.Length - at);
                char c = alphabet[random.Next(alphabet.Length)];
                json = random.Next(5) switch
                {
                    0 => json[..at] + c + json[(at + 1)..],
                    1 => json.Insert(at, c.ToString()),
                    2 => json.Remove(at, length),
                    3 => json.Insert(random.Next(json.Length), json.Substring(at, length)),
                    _ => json[..Math.Max(at, 1)],
                };
            }

            try
            {
                Assert.Equal(json, SpecJson.Read(json).CanonicalJson);
            }
            catch (FormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1_500, 2_000);
    }

    public static TheoryData<string> Models => [.. s_names];

    private static string[][] Patterns(params (string Pattern, int Bits)[] rules)
    {
        ModelSpec spec = Build(new ModelConfig(), new SpecOptions
        {
            Bits = 4,
            Head = BertHead.SequenceClassification,
            LayerBits = new EquatableArray<LayerBitsRule>(rules.Select(rule => new LayerBitsRule(rule.Pattern, rule.Bits))),
        });
        Assert.Equal(spec, SpecJson.Read(spec.CanonicalJson));
        using JsonDocument json = JsonDocument.Parse(spec.CanonicalJson);
        return
        [
            .. json.RootElement.GetProperty("quantizers").EnumerateArray()
            .Select(quantizer => quantizer.GetProperty("matrices").EnumerateArray().Select(name => name.GetString()!).ToArray()),
        ];
    }

    private static ModelSpec Model(string name) => name switch
    {
        "bert-base" => Build(new ModelConfig(), new SpecOptions { Bits = 2, GroupCount = 128, Head = BertHead.SequenceClassification, LabelCount = 3 }),
        "albert" => Build(
            s_tiny with
            {
                Architecture = BertArchitecture.Albert, EmbeddingSize = 2, Layers = 3, HiddenActivation = HiddenActivation.GeluNew, LayerNormEpsilon = 0.1,
            },
            new SpecOptions { Bits = 8, Head = BertHead.QuestionAnswering, ActivationRange = ActivationRange.Static, MaxSequenceLength = 16 }),
        "mixed" => Build(s_tiny, new SpecOptions { Bits = 2, MaxSequenceLength = 16, Plan = Plan(Entry("*.query") with { GroupBits = Bits(4, 2) }) }),
        "layers" =>
            Build(
                s_tiny with { Layers = 12 },
                new SpecOptions { Bits = 2, MaxSequenceLength = 16, LayerBits = new EquatableArray<LayerBitsRule>([new("encoder.layer.3-9.*", 8)]) }),
        "groups" =>
            Build(s_tiny, new SpecOptions { Bits = 3, GroupSize = 64, Mapping = Mapping.Asymmetric, Head = BertHead.Regression, MaxSequenceLength = 16 }),
        "lsq" => Build(s_tiny, new SpecOptions
        {
            Bits = 2, EmbeddingBits = 2, ActivationBits = 4, AttentionBits = 8, ActivationRange = ActivationRange.Static,
            Head = BertHead.MaskedLanguageModel, MaxSequenceLength = 16,
        }),
        "clusters" => Build(s_tiny, new SpecOptions { Bits = 5, EmbeddingBits = 3, Storage = Storage.Codebook, MaxSequenceLength = 16 }),
        "scattered" => Build(s_tiny, new SpecOptions
        {
            Bits = 3, EmbeddingBits = 4, EmbeddingStorage = Storage.Codebook, MaxSequenceLength = 16,
            Plan = Plan(Entry("*.query") with { Storage = Storage.Codebook }, Entry("*.key") with { GroupCount = 2 }),
        }),
        _ => Build(s_tiny, new SpecOptions { Head = BertHead.TokenClassification, LabelCount = 9, MaxSequenceLength = 16 }),
    };
}
