using QuantGen.Execution;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Tests.Specs;

/// <summary>Clipping per group of rows, from the plan through the canonical description to the scales.</summary>
public sealed class GroupClippingTests
{
    private const string Matrix = "encoder.layer.0.output.dense";
    private static readonly ModelConfig s_config = new()
    {
        Layers = 1, HiddenSize = 8, EmbeddingSize = 8, Heads = 2, IntermediateSize = 16, VocabularySize = 12, MaxPositions = 16,
    };

    [Fact]
    public void A_plan_gives_each_group_a_clipping_and_the_description_keeps_it()
    {
        ModelSpec spec = Build("""["min_max", "mse", "percentile", "min_max"]""", out List<SpecIssue> issues)!;

        Assert.Empty(issues);
        MatrixSpec matrix = spec.Matrix(Matrix);
        Assert.Equal(4, matrix.GroupCount);
        Assert.Equal([Clipping.MinMax, Clipping.Mse, Clipping.Percentile, Clipping.MinMax], Enumerable.Range(0, 4).Select(matrix.ClippingOf));
        Assert.Contains("\"group_clipping\":[\"min_max\",\"mse\",\"percentile\",\"min_max\"]", spec.CanonicalJson, StringComparison.Ordinal);
        Assert.Equal(spec, SpecJson.Read(spec.CanonicalJson));
    }

    [Fact]
    public void Equal_clippings_are_one()
    {
        ModelSpec spec = Build("""["percentile", "percentile"]""", out _)!;

        Assert.Equal(Clipping.Percentile, spec.Matrix(Matrix).Clipping);
        Assert.DoesNotContain("group_clipping", spec.CanonicalJson, StringComparison.Ordinal);
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
        Assert.Null(Build(list, out List<SpecIssue> issues));
        Assert.Contains(issues, issue => issue.Id == id && issue.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_with_other_clipping_is_of_another_model()
    {
        ModelSpec expected = Build("""["min_max", "mse"]""", out _)!;
        ModelSpec found = Build("""["min_max", "percentile"]""", out _)!;

        SpecDifference difference = SpecDifference.First(expected, found)!;

        Assert.Equal("clipping per group min_max mse", difference.Expected);
        Assert.Equal("clipping per group min_max percentile", difference.Found);
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

    private static ModelSpec? Build(string list, out List<SpecIssue> issues)
    {
        issues = [];
        string json = "{ \"matrices\": { \"" + Matrix + "\": { \"group_clipping\": " + list + " } } }";
        EquatableArray<PlanEntry> plan = QuantizationPlanReader.Read(json, "plan.json", issues);
        return issues.Count > 0
            ? null
            : SpecBuilder.Build(s_config, new SpecOptions { Bits = 4, Plan = plan, MaxSequenceLength = 16, MaxBatchTokens = 16 }, issues);
    }
}
