using QuantGen.IntegrationTests.Trainable;
using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.TorchSharp.Tests;

/// <summary>One model in both engines, without dropout, with the same parameters.</summary>
internal sealed class EnginePair(ITrainableModel generated, TorchTrainableModel torch) : IDisposable
{
    public ITrainableModel Generated => generated;

    public TorchTrainableModel Torch => torch;

    /// <summary>Makes a small model with random parameters.</summary>
    public static EnginePair Small(string name, TrainableOptions? options = null)
    {
        TrainableTestModel named = TrainableTestModel.Named(name);
        options = (options ?? new TrainableOptions()) with { HiddenDropout = 0f, AttentionDropout = 0f };
        var pair = new EnginePair(named.Create(seed: 11, options with { Threads = 1 }), new TorchTrainableModel(named.Spec, options));
        pair.CopyParameters();
        pair.Torch.InitializeWeightQuantizers();
        return pair;
    }

    public void CopyParameters()
    {
        foreach ((Parameter from, Parameter to) in generated.Parameters.Zip(torch.Parameters))
        {
            from.Values.CopyTo(to.Values, 0);
        }
    }

    public void Calibrate(TrainingBatch batch)
    {
        TrainingBatches.Calibrate(generated, batch);
        TrainingBatches.Calibrate(torch, batch);
    }

    /// <summary>Compares traces, and gradients of a loss that misses no path.</summary>
    public void AssertAgree(TrainingBatch batch, double tolerance, ForwardPurpose purpose = ForwardPurpose.Train)
    {
        foreach (ITrainableModel model in new[] { generated, torch })
        {
            model.Forward(batch, new ForwardOptions(purpose));
            TraceLosses.Begin(model);
            TraceLosses.Mixture(model);
            model.Backward();
        }

        AssertSame(generated.Trace, torch.Trace, tolerance);
        foreach ((Parameter expected, Parameter actual) in generated.Parameters.Zip(torch.Parameters))
        {
            Close.Assert(expected.Gradients, actual.Gradients, tolerance, "the gradient of " + expected.Name);
        }
    }

    public void Dispose()
    {
        generated.Dispose();
        torch.Dispose();
    }

    private static void AssertSame(TrainingTrace expected, TrainingTrace actual, double tolerance)
    {
        Assert.Equal(expected.ScoreStarts, actual.ScoreStarts);
        for (int i = 0; i < expected.Hidden.Length; i++)
        {
            Close.Assert(expected.Hidden[i].AsSpan(0, expected.HiddenCount), actual.Hidden[i], tolerance, $"hidden {i}");
        }

        for (int i = 0; i < expected.Scores.Length; i++)
        {
            Close.Assert(expected.Scores[i].AsSpan(0, expected.ScoreCount), actual.Scores[i], tolerance, $"scores {i}");
        }

        Close.Assert(expected.Logits.AsSpan(0, expected.LogitCount), actual.Logits, tolerance, "logits");
    }
}
