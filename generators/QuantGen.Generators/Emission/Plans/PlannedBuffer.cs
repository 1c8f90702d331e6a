namespace QuantGen.Generators.Emission.Plans;

/// <summary>A buffer of the memory plan.</summary>
/// <param name="Name">What it holds.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="First">The first step in which it holds something.</param>
/// <param name="Last">The last step in which something in it is read.</param>
/// <param name="Offset">Where it stands.</param>
internal sealed record PlannedBuffer(string Name, long Bytes, int First, int Last, long Offset = 0)
{
    /// <summary>Gets the bytes that a token of an item takes; 0 where size does not follow tokens.</summary>
    public long TokenBytes { get; init; }
}
