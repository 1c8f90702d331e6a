namespace QuantGen.TorchSharp;

/// <summary>A matrix in full precision.</summary>
/// <param name="weight">The weights.</param>
internal sealed class TorchFullWeight(DeviceParameter weight) : TorchWeight(weight);
