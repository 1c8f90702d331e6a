using QuantGen.IntegrationTests.Trainable;
using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.TorchSharp.Tests;

/// <summary>A batch that is run in parts has the gradients of the whole batch but for rounding, and moves ranges as it does.</summary>
public sealed class AccumulationTests
{
    private const double Tolerance = 2e-5;

    private static readonly int[] s_lengths = [3, 24, 2, 7, 16];

    public static TheoryData<string> Names => EngineAgreementTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_and_ranges_of_parts_are_those_of_the_whole_batch(string name)
    {
        using TorchTrainableModel whole = Run(name, [5], long.MaxValue);
        using TorchTrainableModel summed = Run(name, [2, 1, 2], long.MaxValue);
        using TorchTrainableModel recomputed = Run(name, [3, 2], budget: 0);
        foreach (TorchTrainableModel parts in new[] { summed, recomputed })
        {
            foreach ((Parameter expected, Parameter actual) in whole.Parameters.Zip(parts.Parameters))
            {
                Close.Assert(expected.Values, actual.Values, Tolerance, expected.Name);

                // In the gradient of a threshold most cancels: what counts is how far it is off among all of its kind.
                double among = whole.Parameters.Where(p => p.Kind == expected.Kind).Max(p => p.Gradients.Max(Math.Abs));
                double distance = Close.Distance(expected.Gradients, actual.Gradients, among);
                Assert.True(distance <= Tolerance, $"{expected.Name} differs by {distance:g3}");
            }
        }

        Assert.Contains(whole.Parameters, parameter => parameter.Gradients.Any(gradient => gradient != 0f));
    }

    private static TorchTrainableModel Run(string name, int[] sizes, long budget)
    {
        TrainableTestModel named = TrainableTestModel.Named(name);
        var options = new TrainableOptions
        {
            Threads = 1, HiddenDropout = 0f, AttentionDropout = 0f, ScaleGradientFactor = true, ActivationBudget = budget,
        };
        var model = new TorchTrainableModel(named.Spec, named.Options(options));
        using (ITrainableModel generated = named.Create(seed: 11, options))
        {
            foreach ((Parameter from, Parameter to) in generated.Parameters.Zip(model.Parameters))
            {
                from.Values.CopyTo(to.Values, 0);
            }
        }

        model.InitializeWeightQuantizers();
        TrainingBatches.Calibrate(model, TrainingBatches.Of(9, 24));
        BatchCounts before = default;
        BatchCounts whole = BatchCounts.Of(TrainingBatches.Of(s_lengths));
        TrainingBatch all = TrainingBatches.Of(s_lengths);
        int sequence = 0;
        foreach (int size in sizes)
        {
            int[] starts = all.Starts[sequence..(sequence + size + 1)];
            Range own = starts[0]..starts[^1];
            var part = new TrainingBatch(all.Ids[own], all.Types[own], Array.ConvertAll(starts, start => start - starts[0]));
            model.Forward(part, new ForwardOptions(ForwardPurpose.Train, Seed: 5, Step: 0, new BatchPart(before, whole)));
            Ask(model, before);
            model.Backward();
            before += BatchCounts.Of(part);
            sequence += size;
        }

        return model;
    }

    // What is asked of an element depends on its number in the whole batch.
    private static void Ask(TorchTrainableModel model, BatchCounts before)
    {
        TrainingTrace gradients = model.TraceGradients;
        (gradients.HasHidden, gradients.HasScores, gradients.HasLogits) = (true, true, true);
        Array.ForEach(gradients.Hidden, hidden => Fill(hidden, gradients.HiddenCount, (long)before.Tokens * model.Spec.Dimensions.HiddenSize));
        Array.ForEach(gradients.Scores, scores => Fill(scores, gradients.ScoreCount, before.TokenPairs * model.Spec.Dimensions.Heads));
        Fill(gradients.Logits, gradients.LogitCount, (long)model.Spec.OutputCount * (model.Spec.IsPooled ? before.Sequences : before.HeadTokens));
    }

    private static void Fill(float[] values, int count, long before)
    {
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)Math.Sin(1.7 * (before + i));
        }
    }
}
