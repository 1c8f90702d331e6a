namespace QuantGen.Linear;

/// <summary>A micro-kernel for one bit-width and instruction set: a tile of tokens by one panel of outputs. Implemented by generated structs.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ITileKernel : IProductKernel
{
    /// <summary>Gets the order in which the kernel reads codes.</summary>
    static abstract KernelOrder Order { get; }

    /// <summary>Gets the tokens of <see cref="Tile"/>.</summary>
    static abstract int TileTokens { get; }

    /// <summary>Gets the tokens of <see cref="Tall"/>, at least <see cref="TileTokens"/>.</summary>
    static abstract int TallTokens { get; }

    /// <summary>As <see cref="Tile"/>, for <see cref="TallTokens"/> tokens, which share unpacked weights.</summary>
    /// <param name="x">The activations.</param>
    /// <param name="token">The first token.</param>
    /// <param name="w">The weights.</param>
    /// <param name="row">The panel's first output.</param>
    /// <param name="output">Where the first token's first output of this panel goes.</param>
    /// <param name="outputStride">Floats from one token's outputs to the next.</param>
    static abstract void Tall(in QuantizedRows x, int token, in PlacedLinear w, int row, ref float output, int outputStride);

    /// <summary>Computes <see cref="TileTokens"/> tokens for one panel.</summary>
    /// <param name="x">The activations.</param>
    /// <param name="token">The first token.</param>
    /// <param name="w">The weights.</param>
    /// <param name="row">The panel's first output.</param>
    /// <param name="output">Where the first token's first output of this panel goes.</param>
    /// <param name="outputStride">Floats from one token's outputs to the next.</param>
    static abstract void Tile(in QuantizedRows x, int token, in PlacedLinear w, int row, ref float output, int outputStride);

    /// <summary>Computes one token for one panel; equal to <see cref="Tile"/>'s row bit for bit.</summary>
    /// <param name="x">The activations.</param>
    /// <param name="token">The token.</param>
    /// <param name="w">The weights.</param>
    /// <param name="row">The panel's first output.</param>
    /// <param name="output">Where the token's first output of this panel goes.</param>
    static abstract void Single(in QuantizedRows x, int token, in PlacedLinear w, int row, ref float output);
}
