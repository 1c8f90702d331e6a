using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace QuantGen.Execution;

/// <summary>Where the time of calls goes: per class of operators the time of all workers, and the multiply-adds they executed.</summary>
/// <remarks>
/// Give it to calls by <see cref="CallOptions.Profile"/>; it adds up over them until <see cref="Reset"/>. Every moment of every worker of a pass belongs to
/// exactly one class, so the classes add up to the duration of the passes times their workers. One call at a time; read it between calls.
/// </remarks>
public sealed class OperatorProfile
{
    /// <summary>The number of classes.</summary>
    internal static readonly int ClassCount = Enum.GetValues<OperatorClass>().Length;

    private WorkerProfile[] _workers = [];
    private int _active;
    private int _busy;

    /// <summary>Gets the number of passes; a call with more tokens than fit into one pass makes several.</summary>
    public int Passes { get; private set; }

    /// <summary>Gets the time of all classes together: that of the passes, times their workers.</summary>
    public double TotalMilliseconds => Milliseconds(_workers.Sum(worker => worker.Ticks.Sum()));

    /// <summary>Gets the multiply-adds by class and kind of kernel, in the order of the classes.</summary>
    public IReadOnlyList<OperatorProducts> Products =>
    [
        .. _workers.SelectMany(worker => worker.Products())
            .GroupBy(p => (p.Operator, p.Unit, p.Bits), p => p.MultiplyAdds)
            .Select(g => new OperatorProducts(g.Key.Operator, g.Key.Unit, g.Key.Bits, g.Sum()))
            .OrderBy(p => p.Operator).ThenBy(p => p.Bits).ThenBy(p => p.Unit),
    ];

    /// <summary>Gets the time that workers spent in a class, added up over them.</summary>
    /// <param name="operators">The class.</param>
    public double Milliseconds(OperatorClass operators) => Milliseconds(_workers.Sum(worker => worker.Ticks[(int)operators]));

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Passes = 0;
        foreach (WorkerProfile worker in _workers)
        {
            worker.Reset();
        }
    }

    /// <summary>Starts the clocks of a pass. The calling thread is worker 0.</summary>
    /// <exception cref="InvalidOperationException">Another call uses this profile.</exception>
    internal void Begin(int workers)
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            throw new InvalidOperationException("a profile belongs to one call at a time");
        }

        if (_workers.Length < workers)
        {
            _workers = [.. _workers, .. Enumerable.Range(_workers.Length, workers - _workers.Length).Select(_ => new WorkerProfile())];
        }

        _active = workers;
        long now = Stopwatch.GetTimestamp();
        for (int worker = 0; worker < workers; worker++)
        {
            _workers[worker].Begin(now);
        }

        Attach(0);
    }

    /// <summary>Stops the clocks; all workers have left the pass.</summary>
    internal void End()
    {
        Detach(0);
        long now = Stopwatch.GetTimestamp();
        for (int worker = 0; worker < _active; worker++)
        {
            _workers[worker].Enter(OperatorClass.Wait, 0, now);
        }

        Passes++;
        Volatile.Write(ref _busy, 0);
    }

    /// <summary>Counts the products of the calling thread as a worker's.</summary>
    internal void Attach(int worker) => _workers[worker].Attach();

    /// <summary>Ends <see cref="Attach"/>.</summary>
    internal void Detach(int worker) => _workers[worker].Detach();

    /// <summary>Ends what a worker did and begins a class. Never part of the code that is watched, of which this would be the larger half.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Enter(int worker, OperatorClass next, long multiplyAdds = 0) => _workers[worker].Enter(next, multiplyAdds, Stopwatch.GetTimestamp());

    private static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
}
