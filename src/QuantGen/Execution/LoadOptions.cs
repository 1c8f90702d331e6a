namespace QuantGen;

/// <summary>What a program decides when it loads a model.</summary>
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
}
