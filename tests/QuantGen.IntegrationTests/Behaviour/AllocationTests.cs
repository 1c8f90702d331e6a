using QuantGen.Execution;
using QuantGen.TestModels;
using QuantGen.Tests;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>Calls with token ids, and those that write a text's vector where the caller has room, allocate nothing once their workspace exists.</summary>
public sealed class AllocationTests
{
    public static TheoryData<string> Encoders =>
        [.. TestModel.All.Where(model => model.Spec.Head is BertHead.Encoder or BertHead.Embedding).Select(model => model.Name)];

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

    [Theory]
    [MemberData(nameof(Encoders))]
    public void Texts_become_vectors_without_an_allocation(string name)
    {
        using InferenceSession session = TestModel.Named(name).Load(options: new LoadOptions { Threads = 1, ConcurrentCalls = 1 });
        float[] vector = new float[session.VectorLength];
        string text = string.Concat(Enumerable.Repeat("a b ", 3));
        for (int i = 0; i < 3; i++)
        {
            session.Embed(text, vector);
        }

        long before = AllocatedBytes.OfThisThread;
        for (int i = 0; i < 10; i++)
        {
            session.Embed(text, vector);
        }

        Assert.Equal(0, AllocatedBytes.OfThisThread - before);
        Assert.Equal(session.Embed(text), vector);
    }
}
