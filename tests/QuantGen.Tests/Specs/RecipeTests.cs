using QuantGen.Graph;
using QuantGen.Schemes;
using QuantGen.Specs;
using static QuantGen.Tests.Specs.SpecBuilderTests;

namespace QuantGen.Tests.Specs;

public sealed class RecipeTests
{
    private static readonly ModelConfig s_config =
        new() { Layers = 1, HiddenSize = 32, EmbeddingSize = 32, Heads = 2, IntermediateSize = 64, VocabularySize = 20 };

    public static TheoryData<string, Recipe> Recipes => new()
    {
        { """{"scheme":"linear","clipping":"mse"}""", new Recipe() },
        { """{"scheme":"lsq","clipping":"mse"}""", new Recipe { Scheme = Scheme.Lsq } },
        { """{"scheme":"lsq","clipping":"min_max"}""", new Recipe { Scheme = Scheme.Lsq, Clipping = Clipping.MinMax } },
        {
            """{"scheme":"k-means","embedding_scheme":"linear-clusters","clipping":"mse","cluster_iterations":7,"cluster_seed":"18446744073709551615"}""",
            new Recipe { Scheme = Scheme.KMeans, EmbeddingScheme = Scheme.LinearClusters, ClusterIterations = 7, ClusterSeed = ulong.MaxValue }
        },
        {
            """{"scheme":"linear","clipping":"mse","matrices":["""
            + """{"pattern":"*.query","scheme":"ternary","clipping":"min_max","group_clipping":["mse","percentile"]},{"pattern":"pooler.dense"}]}""",
            new Recipe
            {
                Matrices = new EquatableArray<RecipeEntry>(
                    [new("*.query", Scheme.Ternary, Clipping.MinMax, new EquatableArray<int>([2, 1])), new("pooler.dense", null, null, default)]),
            }
        },
        {
            """{"scheme":"ternary","clipping":"mse","""
            + "\"calibration\":{\"data\":\"dev \\\"1\\\".tsv\",\"samples\":256,\"seed\":42}"
            + ""","training":{"data":"train.tsv","loss":"kd+gt","steps":1200,"seed":1}}""",
            new Recipe { Scheme = Scheme.Ternary, Calibration = new CalibrationRecipe("dev \"1\".tsv", 256, 42),
            Training = new TrainingRecipe("train.tsv", "kd+gt", 1200, 1) }
        },
    };

    [Theory]
    [MemberData(nameof(Recipes))]
    public void A_recipe_is_written_and_read_back(string json, Recipe recipe)
    {
        Assert.Equal(json, RecipeJson.Write(recipe));
        Assert.Equal(recipe, RecipeJson.Read(json));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"scheme":"k_means"}""")]
    [InlineData("""{"scheme":1}""")]
    [InlineData("""{"scheme":"lsq","more":1}""")]
    [InlineData("""{"scheme":"lsq","clipping":"max"}""")]
    [InlineData("""{"scheme":"lsq","cluster_iterations":0}""")]
    [InlineData("""{"scheme":"lsq","cluster_seed":-1}""")]
    [InlineData("""{"scheme":"lsq","cluster_seed":"x"}""")]
    [InlineData("""{"scheme":"lsq","matrices":{}}""")]
    [InlineData("""{"scheme":"lsq","matrices":[1]}""")]
    [InlineData("""{"scheme":"lsq","matrices":[{}]}""")]
    [InlineData("""{"scheme":"lsq","matrices":[{"pattern":"*","group_clipping":["x"]}]}""")]
    [InlineData("""{"scheme":"lsq","training":{"data":"x"}}""")]
    [InlineData("""{"scheme":"lsq","calibration":null}""")]
    public void Other_texts_are_refused(string json) => Assert.Throws<FormatException>(() => RecipeJson.Read(json));

    [Fact]
    public void Later_entries_win_and_a_storage_has_its_own_schemes()
    {
        ModelSpec spec = Build(s_config, new SpecOptions { Bits = 4, Plan = Plan(Entry("*.key") with { Storage = Storage.Codebook }) });
        var recipe = new Recipe
        {
            Scheme = Scheme.Lsq,
            Matrices =
            new EquatableArray<RecipeEntry>([new("*.self.*", Scheme.Ternary, null, default), new("*.query", Scheme.Linear, Clipping.Percentile, default)]),
        };
        Assert.Equal(
            [Scheme.Linear, Scheme.KMeans, Scheme.Ternary, Scheme.Lsq, Scheme.Lsq, Scheme.Lsq],
            spec.Matrices.Select(matrix => recipe.For(matrix).Traits.Scheme));
        Assert.Equal(Clipping.Percentile, recipe.For(spec.Matrices[0]).Clipping);
        Assert.Equal(Scheme.Lsq, recipe.ForEmbedding(Storage.Uniform).Scheme);
        Assert.True(recipe.Uses(spec, WeightFitter.KMeans));
        Assert.False(recipe.Uses(spec, WeightFitter.Bins));
    }

    [Fact]
    public void What_a_scheme_excludes_is_an_issue()
    {
        var lsq = new Recipe { Scheme = Scheme.Lsq };
        Check(new SpecOptions { Bits = 4 }, lsq, null, null);
        Check(new SpecOptions { Bits = 1 }, lsq, "QG1101", "cannot have 1 bits with the scheme lsq; use 2");
        Check(new SpecOptions { Bits = 4, Mapping = Mapping.Asymmetric }, lsq, "QG1114", "has the scheme lsq, which excludes asymmetric codes");
        Check(new SpecOptions { Bits = 4, GroupSize = 32 }, new Recipe { Scheme = Scheme.Ternary }, "QG1114",
            "has the scheme ternary, which excludes a group size of 32 along inputs");
        var clippings = new EquatableArray<RecipeEntry>([new("*", null, null, new EquatableArray<int>([2, 1]))]);
        Check(new SpecOptions { Bits = 4, GroupCount = 2 }, lsq with { Matrices = clippings }, "QG1114", "excludes a clipping per group of rows");
        Check(new SpecOptions { Bits = 4, GroupCount = 2 }, new Recipe { Matrices = clippings }, null, null);
    }

    private static void Check(SpecOptions options, Recipe recipe, string? id, string? message)
    {
        var issues = new List<SpecIssue>();
        RecipeRules.Check(Build(s_config, options), recipe, issues);
        Assert.All(issues, issue => Assert.Equal(id, issue.Id));
        if (message is null)
        {
            Assert.Empty(issues);
            return;
        }

        Assert.Contains(message, issues[0].Message, StringComparison.Ordinal);
    }
}
