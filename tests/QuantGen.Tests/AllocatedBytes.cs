using System.Runtime;

namespace QuantGen.Tests;

/// <summary>Counts what a thread allocates, to the byte.</summary>
internal static class AllocatedBytes
{
    /// <summary>Gets the bytes that the calling thread has allocated so far.</summary>
    /// <exception cref="InvalidOperationException">
    /// This process collects in the background. A background collection, which any other test may cause, takes away the memory set aside for a
    /// thread's next objects, up to 8 KB, and the runtime then counts the unused rest as allocated.
    /// </exception>
    public static long OfThisThread => GCSettings.LatencyMode == GCLatencyMode.Batch
        ? GC.GetAllocatedBytesForCurrentThread()
        : throw new InvalidOperationException("allocations are counted exactly only with ConcurrentGarbageCollection set to false");
}
