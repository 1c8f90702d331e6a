using System.Buffers.Binary;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>The order of codes for kernels that look sums of activations up: a few weights of one bit are the index of a table.</summary>
/// <remarks>
/// A code of two bits stands as two planes of one bit, low before high. A granule is 32 outputs; a vector holds a word for each of them, the indices of two
/// tables. A panel is <see cref="PanelVectors"/> vectors (granules times planes), word after word; granules that fill no panel follow, each a panel of its own.
/// </remarks>
/// <param name="Bits">1 or 2.</param>
/// <param name="WordInputs">Inputs of a word.</param>
/// <param name="LaneBytes">Bytes of a word.</param>
/// <param name="TableBytes">Bytes of the two tables that one token and one word need.</param>
/// <param name="BlockWords">Words whose tables are built at once, so that those of a few tokens stay in the nearest cache.</param>
/// <param name="Tokens">Tokens that read codes together.</param>
/// <param name="PanelVectors">Vectors of a panel.</param>
public sealed record TableOrder(int Bits, int WordInputs, int LaneBytes, int TableBytes, int BlockWords, int Tokens, int PanelVectors)
{
    /// <summary>Outputs of a granule.</summary>
    public const int GranuleOutputs = 32;

    // Where the bits of six inputs go in an index.
    private static readonly byte[] s_index = [.. Enumerable.Range(0, 64).Select(Index)];

    /// <summary>Gets the order of 512-bit kernels for one bit: 16-bit words of two 6-bit indices.</summary>
    /// <remarks>
    /// The first index, in bits 0-5, is for six inputs, the second for the six after them; each has them in the order 4, 0, 1, 2, 3, 5, which a table is cheapest
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

    /// <summary>Puts one row's codes into their place.</summary>
    /// <param name="codes">The row as in the file: a little-endian stream of codes.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="row">The row.</param>
    /// <param name="rows">Rows of the layer, padded to whole granules.</param>
    /// <param name="layer">The layer's codes.</param>
    public void PlaceRow(ReadOnlySpan<byte> codes, int columns, int row, int rows, Span<byte> layer)
    {
        int granule = row / GranuleOutputs;
        bool isInPanel = granule / PanelGranules < rows / GranuleOutputs / PanelGranules;
        int first = isInPanel ? granule / PanelGranules * PanelGranules : granule;
        int vectors = isInPanel ? PanelVectors : Bits;
        int at = (first * GranuleBytes(columns)) + ((granule - first) * Bits * VectorBytes) + (Lane(row % GranuleOutputs) * LaneBytes);
        int words = Words(columns);
        for (int word = 0; word < words; word++, at += vectors * VectorBytes)
        {
            uint inputs = Stream(codes, word * WordInputs * Bits, WordInputs * Bits);
            for (int plane = 0; plane < Bits; plane++)
            {
                Write(Bits == 1 ? inputs : EvenBits(inputs >> plane), layer[(at + (plane * VectorBytes))..]);
            }
        }
    }

    /// <summary>Gets the lane of an output of a granule.</summary>
    /// <param name="output">0 to 31.</param>
    public int Lane(int output) => LaneBytes == 2
        ? (output % 16 * 2) + (output / 16)
        : (output / 8) switch { 1 => output + 8, 2 => output - 8, _ => output };

    private static KernelOrder Describe(TableOrder order) => new(order.Bits, GranuleOutputs, order.WordInputs, order.PanelGranules) { Table = order };

    private static byte Index(int inputs) => (byte)(((inputs & 15) << 1) | ((inputs >> 4) & 1) | (inputs & 32));

    private void Write(uint inputs, Span<byte> target)
    {
        if (LaneBytes == 1)
        {
            target[0] = (byte)inputs;
            return;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)(s_index[inputs & 63] | (s_index[inputs >> 6] << 6)));
    }

    // At most 24 bits of a stream, which has zeros behind its end.
    private static uint Stream(ReadOnlySpan<byte> stream, int first, int count)
    {
        ReadOnlySpan<byte> from = stream[Math.Min(first / 8, stream.Length)..];
        uint window = 0;
        if (from.Length >= 4)
        {
            window = BinaryPrimitives.ReadUInt32LittleEndian(from);
        }
        else
        {
            for (int i = 0; i < from.Length; i++)
            {
                window |= (uint)from[i] << (8 * i);
            }
        }

        return (window >> (first % 8)) & ((1u << count) - 1);
    }

    // Twelve bits out of every other one of 24.
    private static uint EvenBits(uint x)
    {
        x &= 0x555555;
        x = (x | (x >> 1)) & 0x333333;
        x = (x | (x >> 2)) & 0x0F0F0F;
        return (x & 0xF) | ((x >> 4) & 0xF0) | ((x >> 8) & 0xF00);
    }
}
