using QuantGen.Execution;
using QuantGen.TestModels;
using QuantGen.Tests;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>Calls with token ids allocate nothing once their workspace exists.</summary>
public sealed class AllocationTests
{
    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Raw_calls_allocate_nothing(string name)
    {
        using InferenceSession session = TestModel.Named(name).Load(options: new LoadOptions { Threads = 2, ConcurrentCalls = 1, Team = new WorkerTeam(2) });
        TokenBatch batch = TokenBatch.OfAllLengths(20);
        float[] results = new float[batch.ResultCount(session)];
        foreach (int threads in (int[])[1, 2])
        {
            var options = new CallOptions { Threads = threads };
            for (int i = 0; i < 3; i++)
            {
                batch.RunInto(session, results, options);
            }

            long before = AllocatedBytes.OfThisThread;
            for (int i = 0; i < 10; i++)
            {
                batch.RunInto(session, results, options);
            }

            Assert.Equal(0, AllocatedBytes.OfThisThread - before);
        }
    }
}
