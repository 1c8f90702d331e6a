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
        options = named.Options(options) with { HiddenDropout = 0f, AttentionDropout = 0f };
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

    /// <summary>Runs batches until some of them had the same codes in both engines, and calls back after each of those.</summary>
    /// <remarks>
    /// Where the last bit of a sum decides which of two codes is nearest, the engines go different ways: by a step of one
    /// activation, and by what follows from it.
    /// Such a batch tells nothing of gradients; its traces must still be near.
    /// </remarks>
    public void RunSameCodes(Func<int, TrainingBatch> draw, int wanted, Action compare)
    {
        const double SameCodes = 5e-6;
        const double OtherCodes = 5e-2;
        int found = 0;
        for (int seed = 0; found < wanted; seed++)
        {
            Assert.True(seed < 10 * wanted, $"only {found} batches of {seed} have the same codes in both engines");
            Run(draw(seed));
            double distance = TraceDistance();
            Assert.True(distance <= OtherCodes, $"traces differ by {distance:g3}");
            if (distance <= SameCodes)
            {
                found++;
                compare();
            }
        }
    }

    /// <summary>Compares traces and gradients of the last run.</summary>
    public void AssertAgree(double tolerance)
    {
        Assert.True(TraceDistance() <= tolerance, $"traces differ by {TraceDistance():g3}");
        foreach ((string name, double distance) in GradientDistances())
        {
            Assert.True(distance <= tolerance, $"gradients of {name} differ by {distance:g3}");
        }
    }

    /// <summary>Runs both engines forwards and backwards, by a loss that misses no path.</summary>
    public void Run(TrainingBatch batch, (bool Hidden, bool Scores, bool Logits)? parts = null)
    {
        foreach (ITrainableModel model in new[] { generated, torch })
        {
            model.Forward(batch, new ForwardOptions(ForwardPurpose.Train));
            (bool hidden, bool scores, bool logits) = parts ?? (true, true, true);
            TraceLosses.Begin(model, hidden, scores, logits);
            TraceLosses.Mixture(model);
            model.Backward();
        }
    }

    /// <summary>Gets the largest difference of the traces, each tensor relative to its largest entry.</summary>
    public double TraceDistance()
    {
        TrainingTrace expected = generated.Trace;
        TrainingTrace actual = torch.Trace;
        Assert.Equal(expected.ScoreStarts, actual.ScoreStarts);
        return expected.Hidden.Zip(actual.Hidden, (e, a) => Close.Distance(e.AsSpan(0, expected.HiddenCount), a))
            .Concat(expected.Scores.Zip(actual.Scores, (e, a) => Close.Distance(e.AsSpan(0, expected.ScoreCount), a)))
            .Append(Close.Distance(expected.Logits.AsSpan(0, expected.LogitCount), actual.Logits))
            .Max();
    }

    /// <summary>Gets the largest difference of each gradient, relative to its largest entry.</summary>
    public IEnumerable<(string Name, double Distance)> GradientDistances()
    {
        // A threshold's gradient is one number, a sum in which most cancels, and that of a key's bias is zero but for the scores'
        // own losses, because softmax does
        // not see what all scores share: what counts is how far such a gradient is off among all of its kind.
        Dictionary<ParameterKind, double> largest = generated.Parameters.GroupBy(p => p.Kind)
            .ToDictionary(g => g.Key, g => (double)g.Max(p => p.Gradients.Select(Math.Abs).DefaultIfEmpty().Max()));
        return generated.Parameters.Zip(torch.Parameters, (e, a) => (e.Name, Close.Distance(e.Gradients, a.Gradients, Cancels(e) ? largest[e.Kind] : 0)));
    }

    private static bool Cancels(Parameter parameter) =>
        parameter.Kind is ParameterKind.WeightScale or ParameterKind.ActivationScale || parameter.Name.EndsWith(".key.bias", StringComparison.Ordinal);

    public void Dispose()
    {
        generated.Dispose();
        torch.Dispose();
    }
}
