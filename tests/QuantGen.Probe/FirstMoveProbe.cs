using System.Globalization;
using QuantGen.Execution;

namespace QuantGen.Probe;

/// <summary>Writes the bytes that the first worker of a process to leave another's processor allocates, and the first to fall asleep and be woken.</summary>
internal sealed class FirstMoveProbe : IProbe
{
    /// <inheritdoc/>
    public void Run(string[] arguments)
    {
        // One thread plays both workers, so that they certainly meet.
        var places = new WorkerPlaces(2);
        var sleepers = new Sleepers(2);
        var thread = new OwnThread();
        places.Claim(0, thread);
        long before = GC.GetAllocatedBytesForCurrentThread();
        places.Claim(1, thread);
        int place = sleepers.Add(thread);
        sleepers.SendElsewhere();
        sleepers.Remove(place);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Console.WriteLine(allocated.ToString(CultureInfo.InvariantCulture));
    }
}
