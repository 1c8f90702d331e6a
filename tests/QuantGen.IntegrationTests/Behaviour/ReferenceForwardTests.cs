using QuantGen.Execution;
using QuantGen.IntegrationTests.Reference;
using QuantGen.Packed;
using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>Generated code computes what the model says, judged by an independent forward pass.</summary>
public sealed class ReferenceForwardTests
{
    private const double Tolerance = 1e-3;

    // A value that falls on the border of two codes in float and in double may be rounded either way, which moves the outputs of
    // its sequence by one code's worth.
    private const double CodeTolerance = 1e-2;
    private const double MostOnBorders = 0.2;

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Results_equal_the_reference(string name)
    {
        TestModel model = TestModel.Named(name);
        for (int seed = 1; seed <= 3; seed++)
        {
            using InferenceSession session = model.Load(seed);
            using PackedModel packed = RandomWeights.For(model.Spec, seed);
            TokenBatch batch = TokenBatch.Of([1, 2, 5, 16, 20], seed + 10);
            float[] results = batch.Run(session);
            double[] expected = Expected(new ReferenceModel(packed), batch);

            Assert.Equal(expected.Length, results.Length);
            int onBorders = 0;
            for (int i = 0; i < results.Length; i++)
            {
                double error = Math.Abs(results[i] - expected[i]) / Math.Max(1, Math.Abs(expected[i]));
                Assert.True(error <= CodeTolerance, $"seed {seed}, result {i} is {results[i]}, and the reference says {expected[i]}");
                onBorders += error > Tolerance ? 1 : 0;
            }

            Assert.InRange(onBorders, 0, (int)(MostOnBorders * results.Length));

            // A model whose results hardly vary would prove nothing.
            Assert.True(results.Max() - results.Min() > 0.02f);
        }
    }

    private static double[] Expected(ReferenceModel reference, TokenBatch batch)
    {
        var results = new List<double>();
        int first = 0;
        foreach (int length in batch.Lengths)
        {
            results.AddRange(reference.Run(batch.Ids.AsSpan(first, length), batch.Types.AsSpan(first, length)));
            first += length;
        }

        return [.. results];
    }
}
