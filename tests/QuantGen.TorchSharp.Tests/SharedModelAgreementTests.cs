using QuantGen.TorchSharp.Tests.SharedModels;
using QuantGen.Trainable;

namespace QuantGen.TorchSharp.Tests;

/// <summary>Both engines on the shared checkpoints.</summary>
[Trait("Category", "Shared")]
public sealed class SharedModelAgreementTests
{
    private const double Tolerance = 1e-3;
    private const int Batches = 20;

    // Where the next quantizer absorbs what another code of an operand of attention changes, no trace shows it: in a tenth of the
    // batches a gradient may, by this.
    private const int Absorbed = Batches / 10;
    private const double OtherCode = 2e-2;

    public static TheoryData<string> FloatActivations => [.. SharedModel.All.Where(model => !IsQuantized(model.Value)).Select(model => model.Key)];

    public static TheoryData<string> QuantizedActivations => [.. SharedModel.All.Where(model => IsQuantized(model.Value)).Select(model => model.Key)];

    [Theory]
    [MemberData(nameof(FloatActivations))]
    public void Both_engines_have_the_same_gradients_of_twenty_random_batches(string name)
    {
        SharedModel shared = SharedModel.All[name];
        using EnginePair pair = shared.Load();
        for (int seed = 0; seed < Batches; seed++)
        {
            pair.Run(shared.Sentences(8, seed));
            pair.AssertAgree(Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(QuantizedActivations))]
    public void Both_engines_have_the_same_gradients_of_twenty_random_batches_with_the_same_codes(string name)
    {
        SharedModel shared = SharedModel.All[name];
        using EnginePair pair = shared.Load();
        var distances = new Dictionary<string, List<double>>();
        pair.RunSameCodes(seed => shared.Sentences(2, seed, longest: 3 + (seed % 4)), Batches, () =>
        {
            foreach ((string parameter, double distance) in pair.GradientDistances())
            {
                distances.TryAdd(parameter, []);
                distances[parameter].Add(distance);
            }
        });
        foreach ((string parameter, List<double> all) in distances)
        {
            all.Sort();
            Assert.True(
                all[^(Absorbed + 1)] <= Tolerance && all[^1] <= OtherCode,
                $"gradients of {parameter} differ by {all[^(Absorbed + 1)]:g3}, in one batch by {all[^1]:g3}");
        }
    }

    [Theory]
    [MemberData(nameof(FloatActivations))]
    [MemberData(nameof(QuantizedActivations))]
    public void Both_engines_predict_the_same(string name)
    {
        // What differs by less is no prediction.
        const float Margin = 0.05f;
        SharedModel shared = SharedModel.All[name];
        using EnginePair pair = shared.Load();
        int decided = 0;
        for (int seed = 0; seed < 5; seed++)
        {
            TrainingBatch batch = shared.Sentences(40, seed);
            pair.Generated.Forward(batch, new ForwardOptions(ForwardPurpose.Evaluate));
            pair.Torch.Forward(batch, new ForwardOptions(ForwardPurpose.Evaluate));
            int outputs = shared.Spec.OutputCount;
            for (int row = 0; row < pair.Generated.Trace.LogitRows; row++)
            {
                float[] expected = pair.Generated.Trace.Logits[(row * outputs)..((row + 1) * outputs)];
                float[] actual = pair.Torch.Trace.Logits[(row * outputs)..((row + 1) * outputs)];
                float largest = expected.Max();
                if (expected.Count(logit => logit > largest - Margin) == 1)
                {
                    decided++;
                    Assert.Equal(Array.IndexOf(expected, largest), Array.IndexOf(actual, actual.Max()));
                }
            }
        }

        Assert.True(decided > 150, $"only {decided} predictions are clear");
    }

    private static bool IsQuantized(SharedModel model) => model.Spec.Matrices.Any(matrix => matrix.HasIntegerProduct);
}
