using System.Runtime.CompilerServices;
using QuantGen.Linear;

namespace QuantGen.Execution;

/// <summary>Opens placed layers for kernels.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LinearWeights
{
    /// <summary>Gets a layer from the arena.</summary>
    /// <param name="pass">The batch, which knows the arena.</param>
    /// <param name="place">Where the layer stands.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Padded inputs.</param>
    /// <param name="groupSize">Inputs per group; 0 when the whole row is one.</param>
    /// <param name="hasZeroPoints">Whether weights have zero points, or rows have centers, whose bits stand in their place.</param>
    /// <param name="padding">How many of the inputs are padded.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlacedLinear Open(
        ForwardPass pass, LinearPlace place, int rows, int columns, int groupSize = 0, bool hasZeroPoints = false, int padding = 0)
    {
        ref int zeroPoints = ref hasZeroPoints ? ref pass.WeightIntegers(place.ZeroPoints) : ref Unsafe.NullRef<int>();
        return new PlacedLinear(
            ref pass.Weights(place.Codes), ref pass.WeightFloats(place.Scales), ref pass.WeightIntegers(place.Sums), ref zeroPoints,
            ref pass.WeightFloats(place.Bias), ref pass.WeightIntegers(place.Depths), rows, columns, groupSize == 0 ? columns : groupSize,
            padding: padding);
    }

    /// <summary>Gets a layer of a model without floats from the arena.</summary>
    /// <param name="pass">The batch, which knows the arena.</param>
    /// <param name="place">Where the layer stands.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Padded inputs.</param>
    /// <param name="padding">How many of the inputs are padded.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlacedLinear OpenInteger(ForwardPass pass, LinearPlace place, int rows, int columns, int padding = 0) => new(
        ref pass.Weights(place.Codes), ref pass.WeightFloats(place.Scales), ref pass.WeightIntegers(place.Sums), ref Unsafe.NullRef<int>(),
        ref pass.WeightFloats(place.Bias), ref pass.WeightIntegers(place.Depths), rows, columns, columns, pass.WeightIntegers(place.Shift),
        padding);

    /// <summary>Gets a layer with a codebook from the arena.</summary>
    /// <param name="pass">The batch, which knows the arena.</param>
    /// <param name="place">Where the layer stands.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlacedCodebook OpenCodebook(ForwardPass pass, LinearPlace place, int rows, int columns) => new(
        ref Unsafe.As<byte, uint>(ref pass.Weights(place.Codes)), ref pass.WeightFloats(place.Scales), ref pass.WeightFloats(place.Bias), rows, columns);
}
