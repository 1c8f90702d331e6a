namespace QuantGen.Linear;

/// <summary>A kernel that looks sums of activations up instead of multiplying. Implemented by generated structs.</summary>
/// <remarks>
/// With one-bit weights the sum of six activations times their weights is one of 64 numbers: they are computed once for a token and six inputs, and every
/// output then takes its own by a 6-bit index. A kernel leaves the exact sums of activation code times weight, where a code of one bit counts 0 or 2
/// and a code of two bits 0 to 3.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ITableKernel : IProductKernel
{
    /// <summary>Gets the order in which the kernel reads codes.</summary>
    static abstract KernelOrder Order { get; }

    /// <summary>Builds one token's tables for the words of a block.</summary>
    /// <param name="activations">The token's first code of the block.</param>
    /// <param name="words">Words of the block.</param>
    /// <param name="tables">Where the first word's tables go.</param>
    /// <param name="stride">Bytes from word to word.</param>
    static abstract void Build(ref byte activations, int words, ref byte tables, int stride);

    /// <summary>Adds a block to the sums of a tile of tokens for one panel.</summary>
    /// <param name="codes">The panel's words of the block.</param>
    /// <param name="tables">The tables of the tokens, word after word, in a word token after token; at <see cref="Specs.PanelPadding.TableBytes"/>
    /// room for one register.</param>
    /// <param name="words">Words of the block.</param>
    /// <param name="next">Bytes from this panel to the next, to fetch it early.</param>
    /// <param name="sums">The first token's sums of the panel.</param>
    /// <param name="sumStride">Sums from token to token.</param>
    /// <param name="isFirst">Whether sums are set rather than added to.</param>
    static abstract void Tile(ref byte codes, ref byte tables, int words, nint next, ref int sums, int sumStride, bool isFirst);

    /// <summary>As <see cref="Tile"/>, for one token.</summary>
    /// <param name="codes">The panel's words of the block.</param>
    /// <param name="tables">The token's tables, word after word.</param>
    /// <param name="words">Words of the block.</param>
    /// <param name="next">Bytes from this panel to the next.</param>
    /// <param name="sums">The token's sums of the panel.</param>
    /// <param name="sumStride">Not used.</param>
    /// <param name="isFirst">Whether sums are set rather than added to.</param>
    static abstract void Single(ref byte codes, ref byte tables, int words, nint next, ref int sums, int sumStride, bool isFirst);

    /// <summary>As <see cref="Tile"/>, for a granule that fills no panel.</summary>
    /// <param name="codes">The granule's words of the block.</param>
    /// <param name="tables">The tables of the tokens, word after word, in a word token after token.</param>
    /// <param name="words">Words of the block.</param>
    /// <param name="next">Bytes from this granule to the next.</param>
    /// <param name="sums">The first token's sums of the granule.</param>
    /// <param name="sumStride">Sums from token to token.</param>
    /// <param name="isFirst">Whether sums are set rather than added to.</param>
    static abstract void GranuleTile(ref byte codes, ref byte tables, int words, nint next, ref int sums, int sumStride, bool isFirst);

    /// <summary>As <see cref="GranuleTile"/>, for one token.</summary>
    /// <param name="codes">The granule's words of the block.</param>
    /// <param name="tables">The token's tables, word after word.</param>
    /// <param name="words">Words of the block.</param>
    /// <param name="next">Bytes from this granule to the next.</param>
    /// <param name="sums">The token's sums of the granule.</param>
    /// <param name="sumStride">Not used.</param>
    /// <param name="isFirst">Whether sums are set rather than added to.</param>
    static abstract void GranuleSingle(ref byte codes, ref byte tables, int words, nint next, ref int sums, int sumStride, bool isFirst);

    /// <summary>Turns the sums of a tile of tokens into outputs, sixteen at a time.</summary>
    /// <param name="sums">The first token's sums.</param>
    /// <param name="sumStride">Sums from token to token.</param>
    /// <param name="x">The activations.</param>
    /// <param name="token">The first token.</param>
    /// <param name="w">The layer.</param>
    /// <param name="rows">How many outputs, a multiple of 16.</param>
    /// <param name="output">Where the first token's first output goes.</param>
    /// <param name="outputStride">Floats from one token's outputs to the next.</param>
    static abstract void FinishTile(
        ref int sums, int sumStride, in QuantizedRows x, int token, in PlacedLinear w, int rows, ref float output, int outputStride);

    /// <summary>As <see cref="FinishTile"/>, for one token.</summary>
    /// <param name="sums">The token's sums.</param>
    /// <param name="sumStride">Not used.</param>
    /// <param name="x">The activations.</param>
    /// <param name="token">The token.</param>
    /// <param name="w">The layer.</param>
    /// <param name="rows">How many outputs, a multiple of 16.</param>
    /// <param name="output">Where the token's first output goes.</param>
    /// <param name="outputStride">Not used.</param>
    static abstract void FinishSingle(
        ref int sums, int sumStride, in QuantizedRows x, int token, in PlacedLinear w, int rows, ref float output, int outputStride);

    /// <summary>Turns one sum into an output, where rows do not fill a vector. Default: into a float.</summary>
    /// <param name="sum">Sum of activation code times centered weight code.</param>
    /// <param name="x">The activations.</param>
    /// <param name="token">The token.</param>
    /// <param name="w">The layer.</param>
    /// <param name="row">The output.</param>
    /// <param name="output">Where it goes.</param>
    static virtual void FinishRow(int sum, in QuantizedRows x, int token, in PlacedLinear w, int row, ref float output) =>
        output = LinearEpilogue.Finish(LinearEpilogue.GroupTerm(sum, x, token, w, row, 0), x, token, w, row);
}
