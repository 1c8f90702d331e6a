using QuantGen.Execution;
using QuantGen.IntegrationTests.Reference;
using QuantGen.Packed;
using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>Generated code computes what the model says, judged by an independent forward pass.</summary>
public sealed class ReferenceForwardTests
{
    private const double Tolerance = 1e-4;

    // Codes that may be rounded either way are few in a sequence.
    private const int MostPasses = 1 << 10;

    /// <summary>Models with floats; others have a definition of their own, which <see cref="IntegerModelTests"/> and <see cref="RoundedModelTests"/> hold them
    /// to.</summary>
    public static TheoryData<string> Models =>
        [.. TestModel.All.Where(model => !model.Spec.IsInteger && !model.Spec.IsRounded).Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Results_equal_the_reference(string name)
    {
        TestModel model = TestModel.Named(name);
        for (int seed = 1; seed <= 3; seed++)
        {
            using InferenceSession session = model.Load(seed);
            using PackedModel packed = RandomWeights.For(model.Spec, seed);
            TokenBatch batch = TokenBatch.Of([1, 2, 5, 16, 20], seed + 10);
            float[] results = batch.Run(session);
            int first = 0;
            int token = 0;
            foreach (int length in batch.Lengths)
            {
                first += AssertSame(
                    packed, batch.Ids.AsSpan(token, length), batch.Types.AsSpan(token, length), results.AsSpan(first), $"seed {seed}, {length}");
                token += length;
            }

            Assert.Equal(results.Length, first);

            // A model whose results hardly vary would prove nothing.
            Assert.True(results.Max() - results.Min() > 0.02f);
        }
    }

    // Values on the border of two codes are rounded one way in float and maybe the other way in double.
    private static int AssertSame(PackedModel packed, ReadOnlySpan<int> ids, ReadOnlySpan<byte> types, ReadOnlySpan<float> results, string place)
    {
        var borders = new CodeBorders();
        var reference = new ReferenceModel(packed, borders);
        double least = double.MaxValue;
        int passes = 0;
        do
        {
            double[] expected = reference.Run(ids, types);
            double worst = Error(expected, results);
            if (worst <= Tolerance)
            {
                return expected.Length;
            }

            least = Math.Min(least, worst);
        }
        while (++passes < MostPasses && borders.Turn());

        throw new Xunit.Sdk.XunitException($"{place} tokens: none of {passes} ways of rounding gives the results; the nearest is {least} away");
    }

    private static double Error(double[] expected, ReadOnlySpan<float> results)
    {
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs(results[i] - expected[i]) / Math.Max(1, Math.Abs(expected[i])));
        }

        return worst;
    }
}
