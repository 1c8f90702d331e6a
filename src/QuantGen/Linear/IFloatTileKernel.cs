namespace QuantGen.Linear;

/// <summary>A full-precision micro-kernel: a tile of tokens by some outputs of a panel. Implemented by generated structs.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IFloatTileKernel : IProductKernel
{
    /// <summary>Gets the tokens of <see cref="Tile"/>.</summary>
    static abstract int TileTokens { get; }

    /// <summary>Gets the outputs of a tile, a multiple of 16.</summary>
    static abstract int TileOutputs { get; }

    /// <summary>Computes <see cref="TileTokens"/> tokens.</summary>
    /// <param name="input">First input of the first token.</param>
    /// <param name="inputStride">Floats from token to token.</param>
    /// <param name="weights">The tile's first weight of the first input.</param>
    /// <param name="weightStride">Floats from input to input.</param>
    /// <param name="bias">The tile's first bias.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="output">The tile's first output of the first token.</param>
    /// <param name="outputStride">Floats from token to token.</param>
    /// <param name="ahead">Memory that is fetched meanwhile, a cache line for each input.</param>
    /// <param name="aheadStep">Floats from one such line to the next; 0 where nothing else is to be fetched.</param>
    static abstract void Tile(
        ref float input, int inputStride, ref float weights, int weightStride, ref float bias, int columns, ref float output, int outputStride,
        ref float ahead, int aheadStep);

    /// <summary>Computes one token; equal to <see cref="Tile"/>'s row bit for bit.</summary>
    /// <param name="input">First input.</param>
    /// <param name="inputStride">Not used.</param>
    /// <param name="weights">The tile's first weight of the first input.</param>
    /// <param name="weightStride">Floats from input to input.</param>
    /// <param name="bias">The tile's first bias.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="output">The tile's first output.</param>
    /// <param name="outputStride">Not used.</param>
    static abstract void Single(
        ref float input, int inputStride, ref float weights, int weightStride, ref float bias, int columns, ref float output, int outputStride);
}
