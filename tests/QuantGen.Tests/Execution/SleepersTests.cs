using QuantGen.Execution;

namespace QuantGen.Tests.Execution;

public sealed class SleepersTests
{
    [FactWhere(Machine.MovableThreads)]
    public void Whoever_is_woken_may_run_anywhere_but_where_the_waker_is_and_anywhere_again_once_awake()
    {
        byte[] all = Allowed();
        using var isAsleep = new ManualResetEventSlim();
        using var isWoken = new ManualResetEventSlim();
        var sleepers = new Sleepers(2);
        byte[] whenWoken = [];
        byte[] afterwards = [];
        var thread = new Thread(() =>
        {
            int place = sleepers.Add(new OwnThread());
            isAsleep.Set();
            isWoken.Wait();
            whenWoken = Allowed();
            sleepers.Remove(place);
            afterwards = Allowed();
        });
        thread.Start();
        isAsleep.Wait();

        // Bound for a moment, so that it stays on the processor the sleeper must leave alone.
        int processor = Processors.Here();
        byte[] here = Only(processor);
        Assert.True(Processors.Allow(0, here));
        sleepers.SendElsewhere();
        Assert.True(Processors.Allow(0, all));
        isWoken.Set();
        thread.Join();

        byte[] others = [.. all];
        Processors.Remove(others, processor);
        Assert.Equal(others, whenWoken);
        Assert.Equal(all, afterwards);
    }

    [FactWhere(Machine.MovableThreads)]
    public void A_thread_that_may_run_nowhere_else_is_left_alone()
    {
        byte[] all = Allowed();
        byte[] here = Only(Processors.Here());
        Assert.True(Processors.Allow(0, here));
        try
        {
            var sleepers = new Sleepers(1);
            int place = sleepers.Add(new OwnThread());
            sleepers.SendElsewhere();
            Assert.Equal(here, Allowed());
            sleepers.Remove(place);
            Assert.Equal(here, Allowed());
        }
        finally
        {
            Processors.Allow(0, all);
        }
    }

    [FactWhere(Machine.MovableThreads)]
    public void Threads_beyond_the_capacity_have_no_place_and_places_are_used_again()
    {
        var sleepers = new Sleepers(1);
        var thread = new OwnThread();
        int first = sleepers.Add(thread);
        Assert.InRange(first, 0, 0);
        Assert.Equal(-1, sleepers.Add(thread));
        sleepers.Remove(-1);
        sleepers.Remove(first);
        Assert.Equal(first, sleepers.Add(thread));
    }

    [Fact]
    public void Who_sleeps_at_a_gate_wakes_with_its_number_and_may_run_where_it_might_before()
    {
        var gate = new SpinGate(microseconds: 0);
        int found = 0;
        byte[] before = [];
        byte[] after = [];
        var thread = new Thread(() =>
        {
            before = Processors.IsSupported ? Allowed() : [];
            found = gate.WaitWhile(0, new OwnThread());
            after = Processors.IsSupported ? Allowed() : [];
        });
        thread.Start();
        while ((thread.ThreadState & ThreadState.WaitSleepJoin) == 0)
        {
            Thread.Yield();
        }

        gate.Set(7);
        thread.Join();

        Assert.Equal(7, found);
        Assert.Equal(before, after);
    }

    // A caller's thread that was once told where it may run would ignore the processors its container is given later.
    [FactWhere(Machine.MovableThreads)]
    public void Threads_of_callers_have_no_place_and_are_never_told_where_to_run()
    {
        var sleepers = new Sleepers(1);
        Assert.Equal(-1, sleepers.Add(null));
        byte[] before = Allowed();
        sleepers.SendElsewhere();
        Assert.Equal(before, Allowed());
    }

    private static byte[] Only(int processor)
    {
        byte[] set = new byte[Processors.SetBytes];
        set[processor >> 3] = (byte)(1 << (processor & 7));
        return set;
    }

    private static byte[] Allowed()
    {
        byte[] allowed = new byte[Processors.SetBytes];
        Assert.True(Processors.GetAllowed(allowed));
        return allowed;
    }
}
