using QuantGen.Specs;
using QuantGen.Trainable;

namespace QuantGen.Training.Engines;

/// <summary>What computes forward and backward passes, and where. Results of two engines, or of one on two devices, agree but for rounding.</summary>
/// <param name="Name">The engine, as command lines call it.</param>
/// <param name="Device">The device, such as <c>cpu</c> or <c>cuda:0</c>.</param>
public sealed record EngineDescription(string Name, string Device)
{
    /// <summary>Gets the engine that every build has: the code which the generator makes for a model.</summary>
    public static EngineDescription Generated { get; } = new("generated", "cpu");

    /// <summary>Gets the numbers in which it multiplies matrices. Default <see cref="ProductPrecision.Float32"/>.</summary>
    public ProductPrecision Precision { get; init; }

    /// <summary>Gets the name of <see cref="Precision"/>, as command lines call it.</summary>
    public string PrecisionName => SpecNames.Of(Precision);

    /// <summary>Returns the engine, the device and a precision that is not the usual one in words.</summary>
    public override string ToString() => $"{Name} on {Device}{(Precision == ProductPrecision.Float32 ? string.Empty : $" in {PrecisionName}")}";
}
