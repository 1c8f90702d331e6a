namespace QuantGen.Execution;

/// <summary>The threads that compute beside those of callers: one team for all sessions of a process, and a budget of threads that run at the same
/// time.</summary>
/// <remarks>
/// Every running pass counts with its caller's thread, which it always has, and with the threads it is lent. Together they stay within the budget where
/// callers alone do not exceed it: a pass that finds nothing left runs on its own thread. Threads start when first needed and end with the last member.
/// </remarks>
internal sealed class WorkerTeam
{
    private readonly object _gate = new();
    private readonly int _fewest;
    private readonly List<int> _members = [];
    private List<TeamThread> _threads = [];
    private int _budget;
    private int _running;
    private int _lent;

    /// <summary>Creates a team without threads.</summary>
    /// <param name="threads">The budget, threads of callers included, unless a member asks for more.</param>
    public WorkerTeam(int threads) => _fewest = _budget = threads;

    /// <summary>Gets the team of this process: a thread for every processor, or as many as the most that a session asks for.</summary>
    public static WorkerTeam Shared { get; } = new(Environment.ProcessorCount);

    /// <summary>Gets how many threads there are, lent or asleep.</summary>
    public int ThreadCount
    {
        get
        {
            lock (_gate)
            {
                return _threads.Count;
            }
        }
    }

    /// <summary>Makes a session a member: while there is one, threads are kept.</summary>
    /// <param name="threads">The most threads of its calls.</param>
    public TeamMember Join(int threads)
    {
        lock (_gate)
        {
            _members.Add(threads);
            _budget = Math.Max(_fewest, _members.Max());
        }

        return new TeamMember(this, threads);
    }

    /// <summary>Ends a membership, and all threads with the last.</summary>
    /// <param name="threads">What the member joined with.</param>
    /// <param name="waits">Whether to wait until the threads have ended, which a finalizer must not.</param>
    public void Leave(int threads, bool waits)
    {
        List<TeamThread> ended = [];
        lock (_gate)
        {
            _members.Remove(threads);
            _budget = Math.Max(_fewest, _members.Count > 0 ? _members.Max() : 0);
            if (_members.Count == 0)
            {
                (ended, _threads) = (_threads, ended);
            }
        }

        foreach (TeamThread thread in ended)
        {
            thread.End();
        }

        foreach (TeamThread thread in waits ? ended : [])
        {
            thread.Join();
        }
    }

    /// <summary>Lends threads to a pass that is about to run on the calling thread; <see cref="TakeBack"/> must follow.</summary>
    /// <param name="pass">Receives the threads.</param>
    /// <param name="workers">The most workers of the pass, the caller included.</param>
    /// <returns>The workers, at least 1.</returns>
    public int Lend(SharedPass pass, int workers)
    {
        lock (_gate)
        {
            int most = Math.Min(Math.Min(workers - 1, pass.Helpers.Length), Ticket.MostWorkers - 1);
            int wanted = Math.Clamp(_budget - _running - 1 - _lent, 0, most);
            while (_threads.Count - _lent < wanted)
            {
                _threads.Add(new TeamThread());
            }

            // Those that were here last first: they may not even have left yet, and their caches hold this model.
            int count = Choose(pass, 0, wanted, isKnown: true);
            pass.HelperCount = Choose(pass, count, wanted, isKnown: false);
            _lent += pass.HelperCount;
            _running++;
            return pass.HelperCount + 1;
        }
    }

    /// <summary>Takes the threads of a pass back, which its caller has left; its threads may be late.</summary>
    public void TakeBack(SharedPass pass)
    {
        lock (_gate)
        {
            foreach (TeamThread thread in pass.Helpers.AsSpan(0, pass.HelperCount))
            {
                thread.IsLent = false;
            }

            _lent -= pass.HelperCount;
            _running--;
            pass.HelperCount = 0;
        }
    }

    private int Choose(SharedPass pass, int count, int wanted, bool isKnown)
    {
        for (int i = 0; i < _threads.Count && count < wanted; i++)
        {
            TeamThread thread = _threads[i];
            if (!thread.IsLent && (!isKnown || thread.Pass == pass))
            {
                thread.IsLent = true;
                thread.Pass = pass;
                pass.Helpers[count++] = thread;
            }
        }

        return count;
    }
}
