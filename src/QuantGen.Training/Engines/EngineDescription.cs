namespace QuantGen.Training.Engines;

/// <summary>What computes forward and backward passes, and where. Results of two engines, or of one on two devices, agree but for rounding.</summary>
/// <param name="Name">The engine, as command lines call it.</param>
/// <param name="Device">The device, such as <c>cpu</c> or <c>cuda:0</c>.</param>
public sealed record EngineDescription(string Name, string Device)
{
    /// <summary>Gets the engine that every build has: the code which the generator makes for a model.</summary>
    public static EngineDescription Generated { get; } = new("generated", "cpu");

    /// <summary>Returns the engine and the device in words.</summary>
    public override string ToString() => $"{Name} on {Device}";
}
