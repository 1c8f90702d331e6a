using QuantGen.Execution;
using Batch = QuantGen.Tests.Execution.InferenceSessionTests.Batch;

namespace QuantGen.Tests.Execution;

public sealed class SessionConcurrencyTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 8)]
    public void Concurrent_callers_get_their_own_results(int threads, int concurrentCalls)
    {
        var program = new FakeProgram(SessionModel.Spec(BertHead.SequenceClassification));
        using InferenceSession session = SessionModel.Load(program, new LoadOptions { Threads = threads, ConcurrentCalls = concurrentCalls });
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, caller =>
        {
            for (int i = 0; i < 25; i++)
            {
                Batch batch = Batch.Random(sequences: 1 + i, seed: (caller * 100) + i);
                float[] outputs = new float[3 * batch.Lengths.Length];
                session.Run(batch.Ids, batch.Types, batch.Lengths, outputs);
                Assert.Equal(batch.Ids.Sum(id => program.Logit(id, 1)), outputs.Where((_, k) => k % 3 == 1).Sum());
            }
        });
    }

    [Fact]
    public void Calls_beyond_the_limit_wait_and_share_workspaces()
    {
        var passes = new System.Collections.Concurrent.ConcurrentDictionary<ForwardPass, int>();
        var program = new FakeProgram(SessionModel.Spec(BertHead.Regression)) { Also = (_, _, pass) => passes[pass] = 0 };
        using InferenceSession session = SessionModel.Load(program, new LoadOptions { Threads = 1, ConcurrentCalls = 2 });
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 6 }, _ => session.Run([2, 3], [0, 0], [2], new float[1]));
        Assert.InRange(passes.Count, 1, 2);
    }

    [Fact]
    public async Task Calls_that_run_at_the_same_time_share_the_threads()
    {
        using var isRunning = new ManualResetEventSlim();
        using var mayFinish = new ManualResetEventSlim();
        ForwardPass? blocked = null;
        var others = new System.Collections.Concurrent.ConcurrentDictionary<Thread, int>();
        var program = new FakeProgram(SessionModel.Spec(BertHead.Regression));
        program.Also = (_, _, pass) =>
        {
            if (Interlocked.CompareExchange(ref blocked, pass, null) is null)
            {
                isRunning.Set();
                Assert.True(mayFinish.Wait(s_long));
            }
            else if (blocked != pass)
            {
                others[Thread.CurrentThread] = 0;
            }
        };
        using InferenceSession session = SessionModel.Load(program, new LoadOptions { Threads = 2, ConcurrentCalls = 2, Team = new WorkerTeam(2) });
        Task running = Task.Run(() => session.Run([2, 3], [0, 0], [2], new float[1]));
        Assert.True(isRunning.Wait(s_long));
        Batch batch = Batch.Random(sequences: 20, seed: 1);
        session.Run(batch.Ids, batch.Types, batch.Lengths, new float[20]);
        Assert.Equal([Thread.CurrentThread], others.Keys);
        mayFinish.Set();
        await running.WaitAsync(s_long);
    }

    [Fact]
    public void Threads_of_a_forgotten_session_end()
    {
        Thread[] threads = [.. RunAndForget().Where(thread => thread != Thread.CurrentThread)];
        Assert.NotEmpty(threads);
        for (int i = 0; i < 50 && threads.Any(t => t.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            threads[0].Join(TimeSpan.FromMilliseconds(100));
        }

        Assert.All(threads, thread => Assert.False(thread.IsAlive));
    }

    [Fact]
    public void Raw_calls_allocate_nothing_once_warm()
    {
        using InferenceSession session =
            SessionModel.Load(new FakeProgram(SessionModel.Spec(BertHead.Regression)), new LoadOptions { Threads = 2, Team = new WorkerTeam(2) });
        Batch batch = Batch.Random(sequences: 12, seed: 9);
        float[] outputs = new float[12];
        for (int i = 0; i < 5; i++)
        {
            session.Run(batch.Ids, batch.Types, batch.Lengths, outputs);
        }

        long before = AllocatedBytes.OfThisThread;
        for (int i = 0; i < 20; i++)
        {
            session.Run(batch.Ids, batch.Types, batch.Lengths, outputs);
        }

        Assert.Equal(before, AllocatedBytes.OfThisThread);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Exceptions_leave_the_session_usable(int threads)
    {
        bool fails = true;
        var program = new FakeProgram(SessionModel.Spec(BertHead.Regression))
        {
            Also = (phase, _, _) =>
            {
                if (phase == 1 && fails)
                {
                    throw new InvalidDataException();
                }
            },
        };
        using InferenceSession session = SessionModel.Load(program, new LoadOptions { Threads = threads, ConcurrentCalls = 1, Team = new WorkerTeam(threads) });
        float[] outputs = new float[1];
        Assert.Throws<InvalidDataException>(() => session.Run([2, 3], [0, 0], [2], outputs));
        fails = false;
        session.Run([2, 3], [0, 0], [2], outputs);
        Assert.Equal(program.Logit(2, 0) + program.Logit(3, 0), outputs[0]);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static Thread[] RunAndForget()
    {
        var threads = new System.Collections.Concurrent.ConcurrentDictionary<Thread, int>();
        using var both = new Barrier(2);
        var program = new FakeProgram(SessionModel.Spec(BertHead.Regression));
        program.Also = (phase, item, _) =>
        {
            threads[Thread.CurrentThread] = 0;
            if (phase == 0 && item < 2)
            {
                Assert.True(both.SignalAndWait(s_long));
            }
        };
        InferenceSession session = SessionModel.Load(program, new LoadOptions { Threads = 2, Team = new WorkerTeam(2) });
        session.Run(new int[32], new byte[32], [16, 16], new float[2]);
        return [.. threads.Keys];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Disposing_lets_running_calls_finish_and_refuses_later_ones(int threads)
    {
        using var isRunning = new ManualResetEventSlim();
        using var mayFinish = new ManualResetEventSlim();
        var program = new FakeProgram(SessionModel.Spec(BertHead.Regression))
        {
            Also = (phase, _, _) =>
            {
                if (phase == 0)
                {
                    isRunning.Set();
                    Assert.True(mayFinish.Wait(s_long));
                }
            },
        };
        InferenceSession session = SessionModel.Load(program, new LoadOptions { Threads = threads, ConcurrentCalls = 1, Team = new WorkerTeam(threads) });
        float[] outputs = new float[1];
        Task running = Task.Run(() => session.Run([2, 3], [0, 0], [2], outputs));
        Assert.True(isRunning.Wait(s_long));
        Task waiting = Task.Run(() => session.Run([2, 3], [0, 0], [2], new float[1]));
        session.Dispose();
        session.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(s_long));
        mayFinish.Set();
        await running.WaitAsync(s_long);
        Assert.Equal(program.Logit(2, 0) + program.Logit(3, 0), outputs[0]);
        Assert.Throws<ObjectDisposedException>(() => session.Run([2], [0], [1], outputs));
    }
}
