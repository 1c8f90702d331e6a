using QuantGen.Execution;
using QuantGen.TestModels;
using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

/// <summary>What training evaluates is what inference computes.</summary>
public sealed class TrainedInferenceTests
{
    [Theory]
    [ClassData(typeof(TrainableModelNames))]
    public void An_evaluation_pass_has_the_bits_of_the_packed_models_results(string name)
    {
        TrainableTestModel test = TrainableTestModel.Named(name);
        TokenBatch tokens = TokenBatch.OfAllLengths(20);
        TrainingBatch batch = TrainingBatches.Of(tokens);
        using ITrainableModel model = test.Create(seed: 5);
        TrainingBatches.Calibrate(model, batch);
        model.Forward(batch, new ForwardOptions(ForwardPurpose.Evaluate));
        using InferenceSession session = test.Load(TrainedFile.Of(model, test.Options()));
        float[] expected = test.Spec.HasMaskedLanguageHead ? Masked(session, tokens) : tokens.Run(session);
        float[] actual = test.Spec.OutputCount > 0 ? model.Trace.Logits[..model.Trace.LogitCount] : model.Trace.Hidden[^1][..model.Trace.HiddenCount];
        Assert.True(expected.Max() - expected.Min() > 0.05f);
        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), actual.Select(BitConverter.SingleToInt32Bits));
    }

    [Theory]
    [ClassData(typeof(TrainableModelNames))]
    public void A_training_step_has_the_same_bits_with_one_and_two_threads(string name)
    {
        (float[] trace, float[] gradients) = Step(name, threads: 1);
        (float[] trace2, float[] gradients2) = Step(name, threads: 2);
        Assert.Equal(trace.Select(BitConverter.SingleToInt32Bits), trace2.Select(BitConverter.SingleToInt32Bits));
        Assert.Equal(gradients.Select(BitConverter.SingleToInt32Bits), gradients2.Select(BitConverter.SingleToInt32Bits));
        Assert.Contains(gradients, g => g != 0f);
    }

    private static float[] Masked(InferenceSession session, TokenBatch tokens)
    {
        float[] outputs = new float[tokens.Ids.Length * session.Spec.OutputCount];
        session.RunMasked(tokens.Ids, tokens.Types, tokens.Lengths, [.. Enumerable.Range(0, tokens.Ids.Length)], outputs);
        return outputs;
    }

    private static (float[] Trace, float[] Gradients) Step(string name, int threads)
    {
        using ITrainableModel model = TrainableTestModel.Named(name).Create(seed: 5, new TrainableOptions { Threads = threads });
        TrainingBatch batch = TrainingBatches.Of(TokenBatch.OfAllLengths(20));
        TrainingBatches.Calibrate(model, batch);
        model.Forward(batch, new ForwardOptions(ForwardPurpose.Train, Seed: 9, Step: 4));
        TraceLosses.Begin(model);
        TraceLosses.Mixture(model);
        model.Backward();
        IEnumerable<float> trace = model.Trace.Hidden.SelectMany(h => h.Take(model.Trace.HiddenCount)).Concat(model.Trace.Logits.Take(model.Trace.LogitCount));
        return ([.. trace], [.. model.Parameters.SelectMany(p => p.Gradients)]);
    }
}
