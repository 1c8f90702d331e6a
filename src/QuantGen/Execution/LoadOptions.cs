using QuantGen.Execution;
using QuantGen.Tasks;

namespace QuantGen;

/// <summary>What a program decides when it loads a model.</summary>
/// <remarks>
/// <para>
/// All sessions of a process share one team of threads: as many as there are processors, or as many as the session with the most <see cref="Threads"/>
/// asks for, threads of callers included. A pass is lent what the team has left at that moment, and runs on its caller's thread alone when that is
/// nothing. So the defaults are right for one session and for many: on 64 processors, 64 calls at the same time run on 64 threads, and a single call
/// on 64 as well. Threads sleep between calls, and end when the last session is disposed of.
/// </para>
/// <para>
/// Buffers are made when a call first needs them, one set for each call that runs at the same time. All but the last used are freed again when nobody
/// has needed them for half a minute.
/// </para>
/// </remarks>
public sealed record LoadOptions
{
    /// <summary>
    /// Gets the most threads that loading and each call use, the calling thread included; at least 1. Calls that run at the same time share them.
    /// Default: the number of processors.
    /// </summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Gets the most calls that compute at the same time; further calls wait for their turn. Each has buffers of its own, so this bounds memory.
    /// At least 1. Default: the number of processors.
    /// </summary>
    public int ConcurrentCalls { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Gets what ends loading early, with an <see cref="OperationCanceledException"/> and nothing left behind; it means nothing once the model is loaded.
    /// Default: none.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Gets what a classifier's or a regression's outputs go through; null, the default, for what the model's file says.</summary>
    public OutputActivation? OutputActivation { get; init; }

    /// <summary>Gets how the members of an ensemble decide; means nothing for a model alone. Default <see cref="EnsembleVote.Weighted"/>.</summary>
    public EnsembleVote Vote { get; init; }

    /// <summary>Gets the team that lends threads.</summary>
    internal WorkerTeam Team { get; init; } = WorkerTeam.Shared;

    /// <summary>Gets where the memory of passes comes from.</summary>
    internal IPassPages Pages { get; init; } = PassPages.OfThisSystem;

    /// <summary>Gets the clock by which idle buffers are freed.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;
}
