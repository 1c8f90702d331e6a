using QuantGen.Graph;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Tests.Specs;

/// <summary>Clipping per group of rows, from the plan through the recipe to the scales.</summary>
public sealed class GroupClippingTests
{
    private const string Matrix = "encoder.layer.0.output.dense";
    private static readonly ModelConfig s_config = new()
    {
        Layers = 1, HiddenSize = 8, EmbeddingSize = 8, Heads = 2, IntermediateSize = 16, VocabularySize = 12, MaxPositions = 16,
    };

    [Fact]
    public void A_plan_gives_each_group_a_clipping_and_the_recipe_keeps_it()
    {
        (ModelSpec? spec, Recipe recipe) = Build("""["min_max", "mse", "percentile", "min_max"]""", out List<SpecIssue> issues);

        Assert.Empty(issues);
        MatrixSpec matrix = spec!.Matrix(Matrix);
        Assert.Equal(4, matrix.GroupCount);
        Assert.Equal([Clipping.MinMax, Clipping.Mse, Clipping.Percentile, Clipping.MinMax], Enumerable.Range(0, 4).Select(recipe.For(matrix).ClippingOf));
        Assert.DoesNotContain("clipping", spec.CanonicalJson, StringComparison.Ordinal);
        Assert.Contains("\"group_clipping\":[\"min_max\",\"mse\",\"percentile\",\"min_max\"]", RecipeJson.Write(recipe), StringComparison.Ordinal);
        Assert.Equal(recipe, RecipeJson.Read(RecipeJson.Write(recipe)));
    }

    [Theory]
    [InlineData("""["mse", "best"]""", "QG1208", "'min_max' or 'percentile' or 'mse'")]
    [InlineData("[]", "QG1208", "for each group")]
    [InlineData("[2]", "QG1208", "for each group")]
    [InlineData("4", "QG1208", "for each group")]
    [InlineData("""["mse", "min_max"], "groups": 4""", "QG1208", "has 4 groups and 'group_clipping' lists 2")]
    [InlineData("""["mse", "min_max"], "group_size": 32""", "QG1104", "a group size of 32")]
    [InlineData("""["mse", "min_max", "mse"]""", "QG1102", "3 groups cannot divide")]
    public void Illegal_lists_are_issues(string list, string id, string message)
    {
        Build(list, out List<SpecIssue> issues);
        Assert.Contains(issues, issue => issue.Id == id && issue.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Other_clipping_makes_the_same_model()
    {
        (ModelSpec? one, _) = Build("""["min_max", "mse"]""", out _);
        (ModelSpec? other, _) = Build("""["min_max", "percentile"]""", out _);

        Assert.Equal(one!.Sha256, other!.Sha256);
    }

    [Fact]
    public void Each_group_gets_the_scale_of_its_clipping()
    {
        var random = new Random(3);
        float[] weights = [.. Enumerable.Range(0, 4 * 64).Select(_ => (float)Math.Pow(random.NextDouble() - 0.5, 3))];
        var options = new MatrixQuantizerOptions { Bits = 3, GroupCount = 2, Clipping = Clipping.MinMax };
        QuantizedMatrix minMax = MatrixQuantizer.Quantize(weights, 4, 64, options);
        QuantizedMatrix mse = MatrixQuantizer.Quantize(weights, 4, 64, options with { Clipping = Clipping.Mse });

        QuantizedMatrix both = MatrixQuantizer.Quantize(weights, 4, 64, options with { GroupClipping = [Clipping.MinMax, Clipping.Mse] });

        Assert.NotEqual(minMax.Scales[1], mse.Scales[1]);
        Assert.Equal([minMax.Scales[0], mse.Scales[1]], both.Scales);
        Assert.Throws<ArgumentException>(() => MatrixQuantizer.Quantize(weights, 4, 64, options with { GroupClipping = [Clipping.Mse] }));
    }

    private static (ModelSpec? Spec, Recipe Recipe) Build(string list, out List<SpecIssue> issues)
    {
        issues = [];
        string json = "{ \"matrices\": { \"" + Matrix + "\": { \"group_clipping\": " + list + " } } }";
        QuantizationPlan plan = QuantizationPlanReader.Read(json, "plan.json", issues);
        var recipe = new Recipe { Matrices = plan.Recipe };
        ModelSpec? spec = issues.Count > 0 ? null
            : SpecBuilder.Build(s_config, new SpecOptions { Bits = 4, Plan = plan.Identity, MaxSequenceLength = 16, MaxBatchTokens = 16 }, issues);
        if (spec is not null)
        {
            RecipeRules.Check(spec, recipe, issues);
        }

        return (spec, recipe);
    }
}
