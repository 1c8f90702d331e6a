using QuantGen.Peers.Graphs;
using QuantGen.Peers.Racing;

namespace QuantGen.Peers.Tests;

/// <summary>Every graph in ONNX Runtime, on a tiny model.</summary>
public class GraphTests
{
    private static readonly Recipe[] s_recipes = [.. Enum.GetValues<PeerKind>().SelectMany(Recipes.Of)];

    public static TheoryData<int> Indices => [.. Enumerable.Range(1, s_recipes.Length - 1)];

    public static TheoryData<int> FloatIndices => [.. Enumerable.Range(0, Recipes.Masked(Recipes.Of(PeerKind.Float)).Count)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void Graph_computes_the_same_model(int index)
    {
        Recipe recipe = s_recipes[index];
        float[] exact = TinyModel.Run(Recipes.Exact, [[TinyModel.Long]], weights: recipe.Kind == LinearKind.Blocks ? Rounded(recipe) : null)[0];
        double cosine = Statistics.Cosine(exact, TinyModel.Run(recipe, [[TinyModel.Long]])[0]);
        Assert.True(cosine > (recipe.Kind == LinearKind.Float ? 0.999999 : 0.995), $"{recipe}: {cosine}");
    }

    [Theory]
    [MemberData(nameof(FloatIndices))]
    public void Padding_does_not_count(int index)
    {
        Recipe recipe = Recipes.Masked(Recipes.Of(PeerKind.Float))[index];
        float[] alone = TinyModel.Run(Recipes.Exact, [[TinyModel.Short]], GraphOutput.Logits)[0];
        float[] padded = TinyModel.Run(recipe, [[TinyModel.Short, TinyModel.Long]], GraphOutput.Logits)[0];
        Assert.Equal(4, padded.Length);
        Assert.True(Statistics.LargestDifference(alone, padded) < 1e-5);
    }

    [Fact]
    public void Float_product_adds_its_own_bias()
    {
        float[] exact = TinyModel.Run(Recipes.Exact, [[TinyModel.Long]])[0];
        Assert.True(Statistics.Cosine(exact, TinyModel.Run(Recipes.Exact with { HasOwnBias = true }, [[TinyModel.Long]])[0]) > 0.999999);
    }

    [Fact]
    public void Wrong_matrix_is_noticed()
    {
        float[] exact = TinyModel.Run(Recipes.Exact, [[TinyModel.Long]])[0];
        Assert.True(Statistics.Cosine(exact, TinyModel.Run(Recipes.Exact, [[TinyModel.Long]], weights: new ReversedMatrix())[0]) < 0.94);
    }

    [Fact]
    public void Sentence_is_the_mean_with_a_length_of_one()
    {
        float[] hidden = TinyModel.Run(Recipes.Exact, [[TinyModel.Short]])[0];
        float[] vector = TinyModel.Run(Recipes.Exact, [[TinyModel.Short]], GraphOutput.Sentence)[0];
        int width = TinyModel.Config.HiddenSize;
        float[] mean = [.. Enumerable.Range(0, width).Select(i => Enumerable.Range(0, TinyModel.Short.Length).Average(token => hidden[(token * width) + i]))];
        Assert.Equal(width, vector.Length);
        Assert.Equal(1, vector.Sum(value => value * value), 1e-5);
        Assert.Equal(1, Statistics.Cosine(mean, vector), 1e-6);
    }

    [Fact]
    public void Texts_sorted_by_length_are_put_into_batches_of_equal_texts()
    {
        Sequence[] texts = [TinyModel.Long, TinyModel.Short, TinyModel.Short, TinyModel.Long];
        IReadOnlyList<float[]> hidden = TinyModel.Run(Recipes.Exact with { Mask = PaddingMask.Raw }, RaceTexts.Batches(texts, 2, isSorted: true));
        int width = TinyModel.Config.HiddenSize;
        Assert.Equal([2 * 5 * width, 2 * 12 * width], hidden.Select(batch => batch.Length));
    }

    [Fact]
    public void Check_compares_blocks_with_the_weights_as_they_are_rounded()
    {
        using var model = new RandomRaceModel(TinyModel.Config, seed: 42);
        GraphCheck check = GraphChecks.Check("tiny", model, Recipes.Of(PeerKind.Int2)[0]);
        Assert.True(check.RoundedCosine > 0.99);
        Assert.True(check.Cosine < check.RoundedCosine);
        Assert.Null(GraphChecks.Check("tiny", model, Recipes.Of(PeerKind.Int8)[0]).RoundedCosine);
    }

    [Fact]
    public void Descriptions_tell_all_graphs_apart()
    {
        Recipe[] all = [.. s_recipes, .. Recipes.Masked(s_recipes)];
        Assert.Equal(all.Length, all.Select(recipe => recipe.ToString()).Distinct().Count());
    }

    private static RoundedWeights Rounded(Recipe recipe) => new(TinyModel.Weights, TinyModel.Config, recipe);

    private sealed class ReversedMatrix : IWeightSource
    {
        public float[] Get(string name, int count)
        {
            float[] values = TinyModel.Weights.Get(name, count);
            return name.EndsWith("0.output.dense.weight", StringComparison.Ordinal) ? [.. values.Reverse()] : values;
        }
    }
}
