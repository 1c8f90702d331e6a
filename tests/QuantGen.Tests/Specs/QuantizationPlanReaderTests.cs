using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Tests.Specs;

public sealed class QuantizationPlanReaderTests
{
    [Fact]
    public void All_settings_are_read_in_order()
    {
        var issues = new List<SpecIssue>();
        QuantizationPlan plan = QuantizationPlanReader.Read(
            """
            { "matrices": {
                "encoder.layer.*": { "bits": 4, "groups": 2, "mapping": "asymmetric", "clipping": "percentile", "scheme": "ternary" },
                "pooler.dense": { "group_bits": [4, 2], "group_size": 0 },
                "*.query": { "storage": "codebook" } } }
            """, "plan.json", issues);
        Assert.Empty(issues);
        Assert.Equal(
            [
                new PlanEntry("encoder.layer.*", 4, 2, null, Mapping.Asymmetric, default) { Storage = Storage.Uniform },
                new PlanEntry("pooler.dense", null, null, 0, null, new EquatableArray<int>([4, 2])),
                new PlanEntry("*.query", null, null, null, null, default) { Storage = Storage.Codebook },
            ],
            plan.Identity);
        Assert.Equal([new RecipeEntry("encoder.layer.*", Scheme.Ternary, Clipping.Percentile, default)], plan.Recipe);
    }

    [Theory]
    [InlineData("", "QG1206", "is not JSON: line 1, column 1")]
    [InlineData("[]", "QG1206", "the single key 'matrices'")]
    [InlineData("{}", "QG1206", "the single key 'matrices'")]
    [InlineData("""{"matrices":[]}""", "QG1206", "the single key 'matrices'")]
    [InlineData("""{"matrices":{},"more":1}""", "QG1206", "the single key 'matrices'")]
    [InlineData("""{"matrices":{"a":4}}""", "QG1206", "'a' must be an object")]
    [InlineData("""{"matrices":{"a":{"bit":4}}}""", "QG1208", "'a' has the unknown key 'bit'; known are storage, bits, groups")]
    [InlineData("""{"matrices":{"a":{"bits":"4"}}}""", "QG1208", "'bits' of 'a' must be a whole number, and it is '4'")]
    [InlineData("""{"matrices":{"a":{"bits":2.5}}}""", "QG1208", "a whole number")]
    [InlineData("""{"matrices":{"a":{"bits":null}}}""", "QG1208", "and it is null")]
    [InlineData("""{"matrices":{"a":{"groups":1e12}}}""", "QG1208", "a whole number")]
    [InlineData("""{"matrices":{"a":{"mapping":"Symmetric"}}}""", "QG1208", "'symmetric' or 'asymmetric'")]
    [InlineData("""{"matrices":{"a":{"clipping":3}}}""", "QG1208", "'min_max' or 'percentile' or 'mse'")]
    [InlineData("""{"matrices":{"a":{"scheme":"median"}}}""", "QG1208", "or 'binarybert' or 'bit' or 'bibert' or 'fullyqt', and it is 'median'")]
    [InlineData("""{"matrices":{"a":{"scheme":"k_means"}}}""", "QG1208", "or 'binarybert' or 'bit' or 'bibert' or 'fullyqt', and it is 'k_means'")]
    [InlineData("""{"matrices":{"a":{"scheme":"k-means","storage":"uniform"}}}""", "QG1208",
        "'storage' of 'a' must be 'codebook', as the scheme 'k-means' needs, and it is 'uniform'")]
    [InlineData("""{"matrices":{"a":{"group_bits":[]}}}""", "QG1208", "a list of bits, one per group")]
    [InlineData("""{"matrices":{"a":{"group_bits":[4,"2"]}}}""", "QG1208", "and it is a list")]
    [InlineData("""{"matrices":{"a":{"group_bits":4}}}""", "QG1208", "a list of bits, one per group")]
    public void What_is_wrong_is_one_issue(string json, string id, string message)
    {
        var issues = new List<SpecIssue>();
        QuantizationPlanReader.Read(json, "plan.json", issues);
        SpecIssue issue = Assert.Single(issues);
        Assert.Equal(id, issue.Id);
        Assert.StartsWith("Plan 'plan.json'", issue.Message);
        Assert.Contains(message, issue.Message);
    }
}
