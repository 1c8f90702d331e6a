using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

/// <summary>A batch that is run in parts leaves what the whole batch leaves.</summary>
public sealed class AccumulationTests
{
    private static readonly int[] s_lengths = [3, 24, 1, 7, 16, 2, 24, 5, 11, 24, 9];

    /// <summary>Models, parts of the batch (as sequences of each) and threads.</summary>
    public static TheoryData<string, int[], int> Cases()
    {
        var cases = new TheoryData<string, int[], int>();
        foreach (TrainableTestModel model in TrainableTestModel.All)
        {
            cases.Add(model.Name, [6, 5], 1);
            cases.Add(model.Name, [1, 4, 1, 5], 2);
            cases.Add(model.Name, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 2);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_and_ranges_of_parts_are_those_of_the_whole_batch(string name, int[] parts, int threads)
    {
        using ITrainableModel whole = Run(name, [s_lengths.Length], threads: 1);
        using ITrainableModel summed = Run(name, parts, threads);
        foreach ((Parameter expected, Parameter actual) in whole.Parameters.Zip(summed.Parameters))
        {
            Assert.Equal(expected.Values, actual.Values);
            if (whole.SumsPartsExactly)
            {
                Assert.Equal(expected.Gradients.Select(BitConverter.SingleToInt32Bits), actual.Gradients.Select(BitConverter.SingleToInt32Bits));
            }
            else
            {
                float largest = whole.Parameters.Where(p => p.Kind == expected.Kind).Max(p => p.Gradients.Max(Math.Abs));
                Assert.All(expected.Gradients.Zip(actual.Gradients), pair => Assert.Equal(pair.First, pair.Second, 2e-5f * largest));
            }
        }

        Assert.Equal(whole.Spec.Graph.IsShared, !whole.SumsPartsExactly);
        Assert.Contains(whole.Parameters, parameter => parameter.Gradients.Any(gradient => gradient != 0f));
    }

    [Theory]
    [InlineData(nameof(BertLsq))]
    [InlineData(nameof(BertMaskedLsq))]
    [InlineData(nameof(BertClusters))]
    public void A_batch_whose_last_part_was_never_run_leaves_nothing_in_the_next(string name)
    {
        using ITrainableModel expected = Create(name, threads: 1);
        using ITrainableModel actual = Create(name, threads: 1);
        (TrainingBatch[] parts, BatchCounts whole) = Parts(actual, [6, 5]);
        Step(actual, parts[..1], whole, step: 0);
        foreach (ITrainableModel model in new[] { expected, actual })
        {
            Array.ForEach([.. model.Parameters], parameter => Array.Clear(parameter.Gradients));
            Step(model, parts, whole, step: 1);
        }

        Assert.Equal(expected.Parameters.SelectMany(p => p.Gradients), actual.Parameters.SelectMany(p => p.Gradients));
    }

    // Two batches with dropout, the gradients of both in one.
    private static ITrainableModel Run(string name, int[] sizes, int threads)
    {
        ITrainableModel model = Create(name, threads);
        (TrainingBatch[] parts, BatchCounts whole) = Parts(model, sizes);
        Step(model, parts, whole, step: 0);
        Step(model, parts, whole, step: 1);
        return model;
    }

    private static ITrainableModel Create(string name, int threads)
    {
        ITrainableModel model = TrainableTestModel.Named(name).Create(seed: 7, new TrainableOptions { Threads = threads, ScaleGradientFactor = true });
        TrainingBatches.Calibrate(model, TrainingBatches.Of(9, 24));
        return model;
    }

    private static (TrainingBatch[] Parts, BatchCounts Whole) Parts(ITrainableModel model, int[] sizes)
    {
        TrainingBatch all = TrainingBatches.Of(s_lengths);
        var parts = new List<TrainingBatch>();
        int sequence = 0;
        foreach (int size in sizes)
        {
            int[] starts = all.Starts[sequence..(sequence + size + 1)];
            (int first, int end) = (starts[0], starts[^1]);
            int[]? head = model.Spec.IsPooled ? null : [.. Enumerable.Range(first, end - first).Where(token => token % 3 != 1).Select(token => token - first)];
            parts.Add(new TrainingBatch(all.Ids[first..end], all.Types[first..end], Array.ConvertAll(starts, start => start - first)) { HeadTokens = head });
            sequence += size;
        }

        return ([.. parts], parts.Aggregate(default(BatchCounts), (sum, part) => sum + BatchCounts.Of(part)));
    }

    private static void Step(ITrainableModel model, TrainingBatch[] parts, BatchCounts whole, int step)
    {
        BatchCounts before = default;
        foreach (TrainingBatch part in parts)
        {
            model.Forward(part, new ForwardOptions(ForwardPurpose.Train, Seed: 5, step, new BatchPart(before, whole)));
            Ask(model, before);
            model.Backward();
            before += BatchCounts.Of(part);
        }
    }

    // A loss that misses no path: what it asks of an element depends on the element's number in the whole batch.
    private static void Ask(ITrainableModel model, BatchCounts before)
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
