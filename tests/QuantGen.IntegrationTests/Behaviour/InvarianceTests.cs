using QuantGen.Execution;
using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>Results are the same bits for any thread count, batch mates and order.</summary>
public sealed class InvarianceTests
{
    private const int Longest = 20;

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Results_do_not_depend_on_threads(string name)
    {
        using InferenceSession session = TestModel.Named(name).Load(options: new LoadOptions { Threads = 4, Team = new WorkerTeam(4) });
        TokenBatch batch = TokenBatch.OfAllLengths(Longest);
        float[] alone = batch.Run(session, new CallOptions { Threads = 1 });
        for (int threads = 2; threads <= 4; threads++)
        {
            AssertBits(alone, batch.Run(session, new CallOptions { Threads = threads }));
        }
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Results_do_not_depend_on_batch_mates_or_order(string name)
    {
        using InferenceSession session = TestModel.Named(name).Load();
        TokenBatch batch = TokenBatch.OfAllLengths(Longest);
        float[][] alone = [.. Enumerable.Range(0, Longest).Select(s => batch.Select(s).Run(session))];
        AssertBits([.. alone.SelectMany(r => r)], batch.Run(session));

        // Reversed, and three times as many tokens as fit one pass.
        int[] order = [.. Enumerable.Range(0, Longest * 3).Select(i => Longest - 1 - (i % Longest))];
        AssertBits([.. order.SelectMany(s => alone[s])], batch.Select(order).Run(session));
    }

    private static void AssertBits(float[] expected, float[] actual) =>
        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), actual.Select(BitConverter.SingleToInt32Bits));
}
