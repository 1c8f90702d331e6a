using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>The order in which a micro-kernel reads codes. Chosen once for a machine; packed files know nothing of it.</summary>
/// <remarks>
/// A panel is <see cref="PanelOutputs"/> consecutive rows. Inside it come packs of <see cref="StepsPerPack"/> steps; a step is <see cref="Interleave"/>
/// consecutive inputs. A pack is <see cref="PlanesPerPack"/> planes of <see cref="PanelVectors"/> vectors. Byte i of vector v holds, for output
/// v * <see cref="VectorOutputs"/> + i / <see cref="Interleave"/> and input i % <see cref="Interleave"/> of each step s, the code at bits
/// [bits * s, bits * s + bits). Codes of 3, 5, 6 and 7 bits are cut into parts of 4, 2 and 1 bits (<see cref="CodeField"/>), each of which stands so in planes
/// of its own: of
/// three bits planes 0 and 1 hold the low two bits of steps 0-3 and 4-7, plane 2 the high bits of all eight.
/// Eight bits are stored as two's complement of the centered code.
/// </remarks>
/// <param name="Bits">1 to 8.</param>
/// <param name="VectorOutputs">Outputs in a vector.</param>
/// <param name="Interleave">Consecutive inputs of one output that stand together.</param>
/// <param name="PanelVectors">Vectors of a panel.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct KernelOrder(int Bits, int VectorOutputs, int Interleave, int PanelVectors)
{
    /// <summary>Gets the order of codes that are indices of look-up tables; null for kernels that multiply.</summary>
    public TableOrder? Table { get; init; }

    /// <summary>Gets whether the kernel adds pairs of products in 16 bits, as deep as the weights of a panel allow (<see cref="PairDepth"/>).</summary>
    public bool AddsPairs { get; init; }

    /// <summary>Gets whether the kernel adds pairs of products of 8-bit weights in 16 bits, which are clipped for it (<see cref="PairClipper"/>).</summary>
    public bool ClipsPairs { get; init; }

    /// <summary>Gets whether the kernel adds two pairs so where as many weights may be clipped for it.</summary>
    public bool ClipsQuads { get; init; }

    /// <summary>
    /// Gets whether the kernel meets activations of one bit, for which rows are padded to <see cref="PanelPadding.PlaneRows"/>. Without
    /// <see cref="HasIndices"/> a byte holds eight consecutive inputs of an output.
    /// </summary>
    public bool MeetsBits { get; init; }

    /// <summary>Gets whether a byte holds six consecutive one-bit inputs of an output, the index of a table with 64 entries, instead of eight.</summary>
    public bool HasIndices { get; init; }

    /// <summary>Rows are padded to a multiple of this, the largest panel of any kernel, so that offsets do not depend on the machine.</summary>
    public const int RowMultiple = PanelPadding.Rows;

    /// <summary>Inputs are padded to a multiple of this, the largest pack of any kernel.</summary>
    public const int ColumnMultiple = PanelPadding.Columns;

    /// <summary>Gets the rows of a panel.</summary>
    public int PanelOutputs => VectorOutputs * PanelVectors;

    /// <summary>Gets the bytes of a vector.</summary>
    public int VectorBytes => VectorOutputs * Interleave;

    /// <summary>Gets the steps of a pack.</summary>
    public int StepsPerPack => CodeField.StepsPerPack(Bits);

    /// <summary>Gets the planes of a pack.</summary>
    public int PlanesPerPack => CodeField.PlanesPerPack(Bits);

    /// <summary>Gets the order of the rows behind the last whole panel, where panels do not divide padded rows: each vector is a panel of its own.</summary>
    public KernelOrder Narrow => this with { PanelVectors = 1 };

    /// <summary>Gets how many rows a matrix is padded to.</summary>
    /// <param name="rows">Its rows.</param>
    public int PaddedRows(int rows) => Pad(rows, MeetsBits ? PanelPadding.PlaneRows : RowMultiple);

    /// <summary>Gets the rows that stand in whole panels.</summary>
    /// <param name="paddedRows">Rows, as <see cref="PaddedRows"/> gives them.</param>
    public int WideRows(int paddedRows) => paddedRows / PanelOutputs * PanelOutputs;

    /// <summary>Gets the bytes of a panel.</summary>
    /// <param name="columns">Padded inputs.</param>
    public int PanelBytes(int columns) => HasIndices ? PanelOutputs * PanelPadding.PlaneIndices(columns) : PanelOutputs * columns / 8 * Bits;

    /// <summary>Rounds up.</summary>
    /// <param name="count">Not negative.</param>
    /// <param name="multiple">Positive.</param>
    public static int Pad(int count, int multiple) => PanelPadding.Pad(count, multiple);
}
