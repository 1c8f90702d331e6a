using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>The order of codes for kernels that look sums of activations up: a few weights of one bit are the index of a table.</summary>
/// <remarks>
/// A code of two bits stands as two planes of one bit, low before high. A granule is 32 outputs; a vector holds a word for each of them, the indices of two
/// tables. A panel is <see cref="PanelVectors"/> vectors, word after word, in a word plane after plane and in a plane granule after granule; granules that fill
/// no panel follow, each a panel of its own.
/// </remarks>
/// <param name="Bits">1 or 2.</param>
/// <param name="WordInputs">Inputs of a word.</param>
/// <param name="LaneBytes">Bytes of a word.</param>
/// <param name="TableBytes">Bytes of the two tables that one token and one word need.</param>
/// <param name="BlockWords">Words whose tables are built at once, so that those of a few tokens stay in the nearest cache.</param>
/// <param name="Tokens">Tokens that read codes together.</param>
/// <param name="PanelVectors">Vectors of a panel.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record TableOrder(int Bits, int WordInputs, int LaneBytes, int TableBytes, int BlockWords, int Tokens, int PanelVectors)
{
    /// <summary>Outputs of a granule.</summary>
    public const int GranuleOutputs = 32;

    /// <summary>Gets the order of 512-bit kernels for one bit: 16-bit words of two 6-bit indices.</summary>
    /// <remarks>
    /// The first index, in bits 0-5, is for six inputs, the second for the six after them; each has them in the order 4, 0, 1, 2,
    /// 3, 5, which a table is cheapest
    /// to build in. Lane i of a vector is output 16 (i mod 2) + i / 2, so that even and odd lanes are runs.
    /// </remarks>
    public static KernelOrder Words1 { get; } = Describe(new TableOrder(1, PanelPadding.TableWordInputs, 2, 256, 16, 4, 6));

    /// <summary>Gets the same for two bits.</summary>
    public static KernelOrder Words2 { get; } = Describe(new TableOrder(2, PanelPadding.TableWordInputs, 2, 256, 16, 4, 6));

    /// <summary>Gets the order of 256-bit kernels for one bit: bytes of two 4-bit indices, low first.</summary>
    /// <remarks>Of the four runs of eight lanes the second and third are exchanged, so that unpacking leaves outputs in order.</remarks>
    public static KernelOrder Nibbles { get; } = Describe(new TableOrder(1, 8, 1, 64, 32, 2, 2));

    /// <summary>Gets the bytes of a vector.</summary>
    public int VectorBytes => GranuleOutputs * LaneBytes;

    /// <summary>Gets the granules of a panel.</summary>
    public int PanelGranules => PanelVectors / Bits;

    /// <summary>Gets the words of a row.</summary>
    /// <param name="columns">Inputs, padded or not.</param>
    public int Words(int columns) => (KernelOrder.Pad(columns, KernelOrder.ColumnMultiple) + WordInputs - 1) / WordInputs;

    /// <summary>Gets the bytes of a granule, all planes and words.</summary>
    /// <param name="columns">Inputs, padded or not.</param>
    public int GranuleBytes(int columns) => Bits * Words(columns) * VectorBytes;

    /// <summary>Gets the lane of an output of a granule.</summary>
    /// <param name="output">0 to 31.</param>
    public int Lane(int output) => LaneBytes == 2
        ? (output % 16 * 2) + (output / 16)
        : (output / 8) switch { 1 => output + 8, 2 => output - 8, _ => output };

    private static KernelOrder Describe(TableOrder order) => new(order.Bits, GranuleOutputs, order.WordInputs, order.PanelGranules) { Table = order };
}
