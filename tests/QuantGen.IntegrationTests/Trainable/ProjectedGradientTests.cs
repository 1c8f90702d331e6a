using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

/// <summary>What a loss asks of queries, keys and values reaches the layers that make them.</summary>
public sealed class ProjectedGradientTests
{
    [Theory]
    [InlineData("Bert32")]
    [InlineData("BertBoolean")]
    [InlineData("AlbertLsq")]
    public void Biases_of_the_last_layer_have_the_sums_of_its_gradients(string name)
    {
        using ITrainableModel model = TrainableTestModel.Named(name).Create(seed: 3, new TrainableOptions { Threads = 1 });
        TrainingBatch batch = TrainingBatches.Of(3, 7, 1);
        TrainingBatches.Calibrate(model, batch);
        model.Forward(batch, new ForwardOptions(ForwardPurpose.Evaluate));
        int last = model.Spec.Dimensions.Layers - 1;
        int width = model.Spec.Dimensions.HiddenSize;
        Assert.True(model.Trace.Projected[last].Length >= model.Trace.ProjectedCount);
        TrainingTrace gradients = model.TraceGradients;
        (gradients.HasHidden, gradients.HasScores, gradients.HasLogits, gradients.HasProjected) = (false, false, false, true);
        for (int layer = 0; layer <= last; layer++)
        {
            gradients.Projected[layer] = new float[model.Trace.ProjectedCount];
        }

        var random = new Random(4);
        float[] asked = [.. Enumerable.Range(0, model.Trace.ProjectedCount).Select(_ => random.NextSingle() - 0.5f)];
        asked.CopyTo(gradients.Projected[last], 0);
        model.Backward();
        string prefix = $"encoder.layer.{model.Spec.BlockCount - 1}.attention.self.";
        string[] parts = ["query", "key", "value"];

        // A shared layer has those of its other uses, too, where only the inputs' gradients come from above.
        for (int part = 0; part < 3 && model.Spec.UsesPerBlock == 1; part++)
        {
            float[] bias = model.Parameters.Single(p => p.Name == prefix + parts[part] + ".bias").Gradients;
            Assert.All(Enumerable.Range(0, width), column => Assert.Equal(
                Enumerable.Range(0, batch.TokenCount).Sum(token => (double)asked[(((token * 3) + part) * width) + column]), bias[column], 1e-4));
        }

        Assert.Contains(model.Parameters.Single(p => p.Name == prefix + "value.weight").Gradients, gradient => gradient != 0f);
    }
}
