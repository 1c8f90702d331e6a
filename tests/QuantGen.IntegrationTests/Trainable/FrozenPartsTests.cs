using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

public sealed class FrozenPartsTests
{
    /// <summary>Every model with every list that leaves it something to learn.</summary>
    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (TrainableTestModel model in TrainableTestModel.All)
        {
            int last = model.Spec.Dimensions.Layers - 1;
            string[] lists = ["embeddings", "0", "1", "embeddings,0", $"0-{last}", $"embeddings,0-{last}", $"embeddings,0-{last},pooler", "pooler", "head",
                $"0-{last},pooler,head", "embeddings,head"];
            foreach (string list in lists.Distinct().Where(list => IsLegal(list, model)))
            {
                cases.Add(model.Name, list);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_learns_has_the_gradients_of_a_pass_in_which_all_learns(string name, string list)
    {
        TrainableTestModel test = TrainableTestModel.Named(name);
        Dictionary<string, float[]> all = Gradients(test, frozen: null);
        Dictionary<string, float[]> some = Gradients(test, FrozenParts.Parse(list, test.Spec));
        var parts = FrozenParts.Parse(list, test.Spec);
        foreach ((string parameter, float[] gradients) in some)
        {
            Assert.True(parts.Contains(parameter) ? gradients.Length == 0 : gradients.AsSpan().SequenceEqual(all[parameter]), parameter);
        }

        Assert.Contains(some.Values, gradients => gradients.Length > 0);
        Assert.Contains(some.Values, gradients => gradients.Length == 0);
    }

    [Theory]
    [InlineData(nameof(BertMax), "embeddings,0-1", "encoder.layer.0.attention.self.alpha")]
    [InlineData(nameof(BertMax), "1", "encoder.layer.1.output.dense.alpha")]
    public void A_running_range_of_a_frozen_part_stays(string name, string list, string range)
    {
        TrainableTestModel test = TrainableTestModel.Named(name);
        using ITrainableModel model = Create(test, null);
        float[] values = model.Parameters.Single(parameter => parameter.Name == range).Values;
        float before = values[0];
        Train(model, scale: 3f);
        Assert.NotEqual(before, values[0]);
        Freeze(model, FrozenParts.Parse(list, test.Spec));
        before = values[0];
        Train(model, scale: 9f);
        Assert.Equal(before, values[0]);
    }

    [Theory]
    [InlineData("", "'' is no part")]
    [InlineData("layer", "'layer' is no part")]
    [InlineData("-1", "'-1' is no part")]
    [InlineData("0-1-2", "'0-1-2' is no part")]
    [InlineData("embeddings,,0", "'' is no part")]
    [InlineData("1-0", "'1-0' ends before it begins")]
    [InlineData("0,9", "there is no layer 9")]
    [InlineData("0-1,1", "'1' repeats")]
    [InlineData("head,head", "'head' repeats")]
    [InlineData("embeddings,0-1,pooler,head", "nothing would be left")]
    public void A_list_is_read_strictly(string list, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => FrozenParts.Parse(list, TrainableTestModel.Named(nameof(Bert32)).Spec)).Message);

    [Theory]
    [InlineData(nameof(BertStates), "pooler", "no pooler")]
    [InlineData(nameof(BertStates), "head", "no head")]
    [InlineData(nameof(BertStates), "embeddings,0-1", "nothing would be left")]
    [InlineData(nameof(Albert32), "0", "share their weights")]
    public void A_list_names_what_the_model_has(string name, string list, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => FrozenParts.Parse(list, TrainableTestModel.Named(name).Spec)).Message);

    [Fact]
    public void A_list_has_one_spelling() =>
        Assert.Equal("embeddings,0-1,head", FrozenParts.Parse("head, 1,embeddings ,0", TrainableTestModel.Named(nameof(Bert32)).Spec).ToString());

    [Theory]
    [InlineData(nameof(BertLsq), "encoder.layer.0.attention.self.alpha")]
    [InlineData(nameof(BertClusters), "encoder.layer.0.attention.self.query.weight_centroids")]
    public void Thresholds_that_are_learnt_are_not_frozen(string name, string threshold)
    {
        TrainableTestModel test = TrainableTestModel.Named(name);
        using ITrainableModel model = Create(test, null);
        ArgumentException error = Assert.Throws<ArgumentException>(() => FrozenParts.Parse("0", test.Spec).Freeze(model));
        Assert.Contains($"'{threshold}' would stay", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(model.Parameters, parameter => parameter.IsFrozen);
    }

    private static bool IsLegal(string list, TrainableTestModel model)
    {
        try
        {
            FrozenParts.Parse(list, model.Spec);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static ITrainableModel Create(TrainableTestModel test, FrozenParts? frozen)
    {
        ITrainableModel model = test.Create(seed: 7, new TrainableOptions { Threads = 2 });
        TrainingBatches.Calibrate(model, Batch(model));
        Freeze(model, frozen);
        return model;
    }

    // As an ensemble does it: thresholds that were learnt may be frozen.
    private static void Freeze(ITrainableModel model, FrozenParts? frozen)
    {
        foreach (Parameter parameter in model.Parameters.Where(parameter => frozen?.Contains(parameter.Name) ?? false))
        {
            parameter.IsFrozen = true;
        }
    }

    private static TrainingBatch Batch(ITrainableModel model) =>
        TrainingBatches.Of(3, 7, 1) with { HeadTokens = model.Spec.IsPooled ? null : [0, 3, 4, 9] };

    // Twice, so that nothing of the first pass is left in the second. Running ranges move while training, unless they are frozen.
    private static Dictionary<string, float[]> Gradients(TrainableTestModel test, FrozenParts? frozen)
    {
        using ITrainableModel model = Create(test, frozen);
        bool moves = model.Parameters.Any(parameter => parameter.Kind == ParameterKind.RunningRange);
        for (int pass = 0; pass < 2; pass++)
        {
            model.Forward(Batch(model), new ForwardOptions(moves ? ForwardPurpose.Evaluate : ForwardPurpose.Train, 5, pass));
            TraceLosses.Begin(model);
            TraceLosses.Mixture(model);
            model.Backward();
        }

        return model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Gradients.ToArray());
    }

    private static void Train(ITrainableModel model, float scale)
    {
        foreach (Parameter parameter in model.Parameters.Where(parameter => parameter.Kind == ParameterKind.LayerNorm))
        {
            parameter.Values.AsSpan().Fill(scale);
        }

        model.Forward(Batch(model), new ForwardOptions(ForwardPurpose.Train, 5, 0));
    }
}
