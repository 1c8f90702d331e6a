using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QuantGen.Generators.Tests.Running;

namespace QuantGen.Generators.Tests.Parsing;

/// <summary>Whatever stands in attribute and files: never an exception, and either a diagnostic or code that compiles.</summary>
public sealed class ArgumentFuzzTests
{
    private const int Rounds = 60;

    private const string Config = """
        { "model_type": "albert", "architectures": ["AlbertForSequenceClassification"], "hidden_size": 8, "embedding_size": 4,
          "num_attention_heads": 2, "num_hidden_layers": 2, "intermediate_size": 16, "vocab_size": 12, "max_position_embeddings": 32,
          "hidden_act": "gelu_new", "layer_norm_eps": 1e-12, "id2label": { "0": "no", "1": "yes" } }
        """;

    private const string Plan = """
        { "matrices": { "encoder.layer.0.*": { "bits": 4, "groups": 2, "mapping": "asymmetric", "clipping": "mse", "scheme": "linear" },
          "*.intermediate.dense": { "groups": 4, "group_bits": [2, 4, 8, 2] } } }
        """;

    private static readonly int[] s_integers = [0, 1, 2, 3, 4, 6, 8, 16, 32, 33, 64, 100, -1, -32, int.MaxValue, int.MinValue, 1 << 15, 1 << 20];
    private static readonly int[] s_legalBits = [1, 2, 3, 4, 5, 6, 7, 8, 32];
    private static readonly string[] s_patterns =
        ["*", "encoder.layer.0.*", "*query", "encoder.layer.0-1.attention.*", "", "..", "a.b", "9-1.*", "**x**", "\"\\\n", "é*", "0-99999999999"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_arguments_give_a_diagnostic_or_code_that_compiles(int seed)
    {
        var random = new Random(seed);
        int legal = Enumerable.Range(0, Rounds)
            .Count(_ => AssertSane(Source(random), new TestFile("/m/config.json", Config), new TestFile("/m/plan.json", Plan)));

        // Both sides must have come up, or this test says little.
        Assert.InRange(legal, Rounds / 12, Rounds - (Rounds / 6));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Any_files_give_a_diagnostic_or_code_that_compiles(int seed)
    {
        var random = new Random(seed);
        string source = Tiny.Source("2, Config = \"config.json\", Plan = \"plan.json\", MaxSequenceLength = 16, MaxBatchTokens = 16");
        int legal = Enumerable.Range(0, Rounds).Count(_ =>
            AssertSane(source, new TestFile("/m/config.json", Mutate(Config, random)), new TestFile("/m/plan.json", Mutate(Plan, random))));
        Assert.InRange(legal, Rounds / 12, Rounds - (Rounds / 6));
    }

    private static bool AssertSane(string source, params AdditionalText[] files)
    {
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create(source), files);
        string[] said = run.Diagnose().Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.Id).ToArray();
        string context = source + string.Concat(files.Select(f => f.GetText()));
        Assert.True(run.Result.Exception is null && run.GeneratorDiagnostics.IsEmpty, context);
        Assert.True(run.Sources.Count > 0 ? said.Length == 0 : said.Length > 0, context + string.Join(", ", said));
        Assert.True(said.All(id => id.StartsWith("QG1", StringComparison.Ordinal)), context + string.Join(", ", said));
        return run.Sources.Count > 0;
    }

    private static string Source(Random random)
    {
        // Most arguments are legal, or nothing legal would ever come out.
        int Weird(int legal) => random.Next(12) == 0 ? s_integers[random.Next(s_integers.Length)] : legal;
        string Number(string name, int legal) => $", {name} = {Weird(legal).ToString(CultureInfo.InvariantCulture)}";
        string Member(string name, int legalBelow) => random.Next(3) == 0 ? $", {name} = ({name})({Weird(random.Next(legalBelow))})" : string.Empty;
        string arguments = $"{Weird(s_legalBits[random.Next(s_legalBits.Length)])}, {Weird(1 << random.Next(3))}"
            + Number("Layers", random.Next(1, 3)) + Number("HiddenSize", 8) + Number("Heads", 2) + Number("IntermediateSize", 16) + Number("VocabularySize", 12)
            + Number("MaxPositions", 32) + Number("MaxSequenceLength", 16) + Number("MaxBatchTokens", 64)
            + (random.Next(4) == 0 ? Number("GroupSize", 32 * random.Next(2)) : string.Empty)
            + (random.Next(6) == 0 ? Number("EmbeddingBits", 4) : string.Empty)
            + Member("Mapping", 2) + Member("Storage", 3) + Member("ActivationRange", 2) + Member("HiddenActivation", 2)
            + (random.Next(3) == 0 ? $", Head = (BertHead)({Weird(random.Next(6))})" : string.Empty)
            + (random.Next(4) == 0 ? ", Architecture = BertArchitecture.Albert" : string.Empty)
            + (random.Next(8) == 0 ? ", Config = \"config.json\"" : string.Empty)
            + (random.Next(8) == 0 ? $", Plan = \"{(random.Next(4) == 0 ? "other" : "plan")}.json\"" : string.Empty)
            + (
                random.Next(8) == 0
                    ? $", Labels = new[] {{ \"a\", {SymbolDisplay.FormatLiteral(s_patterns[random.Next(s_patterns.Length)], quote: true)} }}"
                    : string.Empty);
        string more = random.Next(3) > 0 ? string.Empty
            : $"[LayerBits({SymbolDisplay.FormatLiteral(s_patterns[random.Next(s_patterns.Length)], quote: true)}, " +
                $"{Weird(s_legalBits[random.Next(s_legalBits.Length)])})]";
        return Tiny.Source(arguments, more: more);
    }

    private static string Mutate(string json, Random random)
    {
        const string Inserted = "{}[]\",:0-9.eE \\u\0\uD800xé";
        for (int i = random.Next(3); i > 0; i--)
        {
            int at = random.Next(json.Length);
            json = random.Next(4) switch
            {
                0 => json.Remove(at, Math.Min(random.Next(1, 4), json.Length - at)),
                1 => json.Insert(at, Inserted[random.Next(Inserted.Length)].ToString()),
                2 => System.Text.RegularExpressions.Regex.Replace(
                    json, $@"(?<=^.{{{at}}}.*?)\d+", s_integers[random.Next(s_integers.Length)].ToString(CultureInfo.InvariantCulture),
                    System.Text.RegularExpressions.RegexOptions.Singleline),
                _ => json.Replace(random.Next(2) == 0 ? "\"" : "2", random.Next(2) == 0 ? "null" : "4", StringComparison.Ordinal),
            };
        }

        return json;
    }
}
