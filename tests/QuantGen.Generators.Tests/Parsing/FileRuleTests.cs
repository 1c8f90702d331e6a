using Microsoft.CodeAnalysis;
using QuantGen.Generators.Tests.Running;

namespace QuantGen.Generators.Tests.Parsing;

/// <summary>Rules about config.json and plans, reported at the argument that names the file.</summary>
public sealed class FileRuleTests
{
    private const string Config = """
        "model_type": "bert", "hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1, "intermediate_size": 16,
        "vocab_size": 12, "max_position_embeddings": 128
        """;

    [Theory]
    [InlineData("", "QG1202")]
    [InlineData("{", "QG1202")]
    [InlineData("[]", "QG1202")]
    [InlineData("{ \"hidden_size\": 8, \"hidden_size\": 8 }", "QG1202")]
    [InlineData("{ \"hidden_size\": 8 } x", "QG1202")]
    [InlineData("{ \"hidden_size\": 1e999 }", "QG1202")]
    [InlineData("{ CONFIG, \"type_vocab_size\": \"two\" }", "QG1203")]
    [InlineData("{ CONFIG, \"type_vocab_size\": 1.5 }", "QG1203")]
    [InlineData("{ CONFIG, \"type_vocab_size\": {} }", "QG1203")]
    [InlineData("{ CONFIG, \"layer_norm_eps\": -1 }", "QG1203")]
    [InlineData("{ CONFIG, \"id2label\": { \"1\": \"a\" } }", "QG1203")]
    [InlineData("{ \"hidden_size\": 2147483647 }", "QG1203")]
    [InlineData("{ \"hidden_size\": 770 }", "QG1203")]
    [InlineData("{ CONFIG, \"hidden_act\": \"mish\" }", "QG1204")]
    [InlineData("{ CONFIG, \"position_embedding_type\": \"relative_key\" }", "QG1204")]
    [InlineData("{ CONFIG, \"is_decoder\": true }", "QG1204")]
    [InlineData("{ \"model_type\": \"gpt2\" }", "QG1204")]
    [InlineData("{ \"model_type\": \"albert\", \"num_hidden_groups\": 2 }", "QG1204")]
    public void Rejects_an_illegal_config(string text, string id)
    {
        string json = text.Replace("CONFIG", Config, StringComparison.Ordinal);
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create(Tiny.Source("2, Config = \"config.json\"")), new TestFile("/models/config.json", json));
        Diagnostic found = Assert.Single(run.AssertRejected(id));
        Assert.Equal("\"config.json\"", AttributeRuleTests.TextAt(found));
    }

    [Theory]
    [InlineData("{", "QG1206")]
    [InlineData("[]", "QG1206")]
    [InlineData("{ \"layers\": {} }", "QG1206")]
    [InlineData("{ \"matrices\": [] }", "QG1206")]
    [InlineData("{ \"matrices\": { \"*\": 4 } }", "QG1206")]
    [InlineData("{ \"matrices\": { \"decoder.*\": { \"bits\": 4 } } }", "QG1207")]
    [InlineData("{ \"matrices\": { \"a b\": { \"bits\": 4 } } }", "QG1207")]
    [InlineData("{ \"matrices\": { \"*\": { \"bit\": 4 } } }", "QG1208")]
    [InlineData("{ \"matrices\": { \"*\": { \"bits\": 4.5 } } }", "QG1208")]
    [InlineData("{ \"matrices\": { \"*\": { \"mapping\": \"other\" } } }", "QG1208")]
    [InlineData("{ \"matrices\": { \"*query\": { \"groups\": 4, \"group_bits\": [2, 4] } } }", "QG1208", 2)]
    [InlineData("{ \"matrices\": { \"encoder.layer.0.output.dense\": { \"group_bits\": [2, 32] } } }", "QG1208")]
    [InlineData("{ \"matrices\": { \"*\": { \"group_bits\": [] } } }", "QG1208")]
    [InlineData("{ \"matrices\": { \"*\": { \"bits\": 9 } } }", "QG1101")]
    [InlineData("{ \"matrices\": { \"*\": { \"groups\": 3 } } }", "QG1102")]
    [InlineData("{ \"matrices\": { \"*\": { \"group_size\": 33 } } }", "QG1103")]
    [InlineData("{ \"matrices\": { \"*\": { \"group_size\": 32, \"groups\": 2 } } }", "QG1104")]
    [InlineData("{ \"matrices\": { \"*\": { \"bits\": 1, \"mapping\": \"asymmetric\" } } }", "QG1109")]
    public void Rejects_an_illegal_plan(string json, string id, int times = 1)
    {
        GeneratorRun run = Tiny.Run("2, Plan = \"plans/plan.json\"", files: new TestFile("C:\\models\\plans\\plan.json", json));
        IReadOnlyList<Diagnostic> found = run.AssertRejected(Enumerable.Repeat(id, times).ToArray());
        Assert.All(found, d => Assert.Equal("\"plans/plan.json\"", AttributeRuleTests.TextAt(d)));
        Assert.All(found, d => Assert.Empty(d.Properties));
    }

    [Fact]
    public void A_dimension_in_the_attribute_wins_over_the_file_and_is_blamed_for_it()
    {
        var file = new TestFile("/models/config.json", "{ " + Config + " }");
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create(Tiny.Source("2, Config = \"config.json\", Heads = 3")), file);
        Assert.Equal("3", AttributeRuleTests.TextAt(Assert.Single(run.AssertRejected("QG1203"))));
    }

    [Fact]
    public void Labels_must_be_as_many_as_the_files()
    {
        var file = new TestFile("/models/config.json", "{ " + Config + " }");
        GeneratorRun run = GeneratorRun.Of(
            TestCompilation.Create(Tiny.Source("2, Config = \"config.json\", Head = BertHead.SequenceClassification, Labels = new[] { \"a\", \"b\", \"c\" }")),
            file);
        Assert.Contains(
            "lists 3 names, and 'config.json' has 2 outputs", Assert.Single(run.AssertRejected("QG1113")).GetMessage(null), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_found_by_the_whole_names_at_its_paths_end()
    {
        var near = new TestFile("/models/xsst/config.json", "{");
        var right = new TestFile("/models/sst/config.json", "{ " + Config + " }");
        GeneratorRun.Of(TestCompilation.Create(Tiny.Source("32, Config = @\"sst\\config.json\"")), near, right).AssertCompiles();
        GeneratorRun.Of(TestCompilation.Create(Tiny.Source("32, Config = \"st/config.json\"")), near, right).AssertRejected("QG1201");
    }
}
