namespace QuantGen.Specs;

/// <summary>How far matrices are padded in memory, on every machine alike: the generator lays out the arena by it and the loader fills it.</summary>
[System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)]
public static class PanelPadding
{
    /// <summary>Rows of quantized layers are padded to a multiple of this, the largest panel of any kernel.</summary>
    public const int Rows = 32;

    /// <summary>Inputs of quantized layers are padded to a multiple of this, the largest pack of any kernel.</summary>
    public const int Columns = 32;

    /// <summary>Rows of layers that meet activations of one bit are padded to a multiple of this, a vector of the widest kernel.</summary>
    public const int PlaneRows = 64;

    /// <summary>
    /// Activations of one bit are padded to a multiple of this many inputs: what kernels count in bytes before they widen. Whole words of 64 and whole fours
    /// of six inputs.
    /// </summary>
    public const int PlaneInputs = 192;

    /// <summary>Outputs of the largest panel of a kernel for activations of one bit.</summary>
    public const int PlanePanel = 192;

    /// <summary>Bytes that kernels may read behind the last token's bits.</summary>
    public const int PlaneSlack = 8;

    /// <summary>Rows of full-precision layers are padded to a multiple of this.</summary>
    public const int FullPrecisionRows = 16;

    /// <summary>Numbers of a codebook in memory: that of fewer bits is repeated, so that bits above a label do no harm.</summary>
    public const int CodebookTable = 32;

    /// <summary>Outputs of a panel of full-precision weights.</summary>
    public const int FullPrecisionPanel = 64;

    /// <summary>Gets the labels of consecutive inputs that stand in a word of 32 bits.</summary>
    /// <param name="bits">Bits of a label, 1 to 5.</param>
    public static int LabelsPerWord(int bits) => 32 / bits;

    /// <summary>Gets the words of a row of labels.</summary>
    /// <param name="columns">Inputs.</param>
    /// <param name="bits">Bits of a label.</param>
    public static int LabelWords(int columns, int bits) => (columns + LabelsPerWord(bits) - 1) / LabelsPerWord(bits);

    /// <summary>Rounds up.</summary>
    /// <param name="count">Not negative.</param>
    /// <param name="multiple">Positive.</param>
    public static int Pad(int count, int multiple) => (count + multiple - 1) / multiple * multiple;

    /// <summary>Inputs that a word of table indices covers in the widest order, which is the one that takes most memory.</summary>
    public const int TableWordInputs = 12;

    /// <summary>Bytes of the tables that a few tokens need at once, in the order that needs most.</summary>
    public const int TableBytes = 16384;

    /// <summary>Bytes behind the tables for a sum that finds no register.</summary>
    public const int TableSumBytes = 64;

    /// <summary>Most tokens that read table indices together.</summary>
    public const int TableTokens = 4;

    /// <summary>Gets whether weights of these bits can be multiplied by looking up sums of activations.</summary>
    /// <param name="bits">Bits of a code.</param>
    /// <param name="isGrouped">Whether scales stand along the input.</param>
    public static bool HasTables(int bits, bool isGrouped) => bits <= 2 && !isGrouped;

    /// <summary>Most tokens that meet what is clipped together.</summary>
    public const int ExcessTokens = 128;

    /// <summary>Tokens that meet what is clipped are filled up to a multiple of this.</summary>
    public const int ExcessTokenMultiple = 16;

    /// <summary>Gets whether kernels may clip pairs of weights and add what is clipped apart.</summary>
    /// <param name="bits">Bits of a code.</param>
    /// <param name="isGrouped">Whether scales stand along the input.</param>
    public static bool HasExcess(int bits, bool isGrouped) => bits == 8 && !isGrouped;

    /// <summary>Gets the words that a panel has for what is clipped: one for 24 weights, two of which say what is missing of four neighbours.</summary>
    /// <remarks>So two weights of a hundred: more of them cost as much as a kernel that clips nothing.</remarks>
    /// <param name="rows">Rows of the panel, or of a matrix for all its panels.</param>
    /// <param name="columns">Inputs.</param>
    public static int ExcessWords(int rows, int columns) => rows * Pad(columns, Columns) / 24;

    /// <summary>Gets the bytes that a product needs beside its operands, whichever kernel computes it.</summary>
    /// <remarks>Either tables and, behind them, room for one register and sums of some tokens, or the outputs of a partly filled panel and, behind them, a
    /// panel unpacked to bytes or what was clipped from it times the activations, in two orders and with a row of zeros, and some activations side by side.
    /// </remarks>
    /// <param name="tokens">Most tokens of a call.</param>
    /// <param name="rows">Outputs, of all layers that are computed side by side.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="bits">Bits of a code.</param>
    /// <param name="isGrouped">Whether scales stand along the input.</param>
    public static long ScratchBytes(int tokens, int rows, int columns, int bits, bool isGrouped)
    {
        long tables = HasTables(bits, isGrouped) ? TableBytes + TableSumBytes + (TableTokens * 4L * Pad(rows, Rows)) : 0;

        long together = Pad(Math.Min(tokens, ExcessTokens), ExcessTokenMultiple);
        long excess = HasExcess(bits, isGrouped) ? (((2 * together) + 1) * 4 * Rows) + (together * Pad(columns, Columns)) : 0;
        return Math.Max(tables, (tokens * 4L * Rows) + Math.Max(Rows * (long)Pad(columns, Columns), excess));
    }

    /// <summary>Gets the bytes of one token's activations of one bit.</summary>
    /// <param name="columns">Inputs.</param>
    public static int PlaneBytes(int columns) => Pad(columns, PlaneInputs) / 8;

    /// <summary>Gets the bytes of six inputs each that a row of one-bit weights takes in the widest order, fours of them.</summary>
    /// <param name="columns">Inputs.</param>
    public static int PlaneIndices(int columns) => (columns + 23) / 24 * 4;

    /// <summary>Gets the bytes that one-bit weights take in the order of any kernel that meets activations of one bit.</summary>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    public static long PlaneCodeBytes(int rows, int columns) =>
        (long)Pad(rows, PlaneRows) * Math.Max(PlaneIndices(columns), Pad(columns, Columns) / 8);

    /// <summary>Gets the bytes that the codes of a matrix take in the order of any kernel; behind those of 8 bits stands what was clipped.</summary>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="bits">Bits of a code.</param>
    /// <param name="isGrouped">Whether scales stand along the input.</param>
    public static long CodeBytes(int rows, int columns, int bits, bool isGrouped)
    {
        int inputs = Pad(columns, Columns);
        int row = MatrixSpec.RowBytes(inputs, bits);
        int indices = 2 * bits * ((inputs + TableWordInputs - 1) / TableWordInputs);
        long excess = HasExcess(bits, isGrouped) ? sizeof(int) * (long)ExcessWords(Pad(rows, Rows), columns) : 0;
        return ((long)Pad(rows, Rows) * (HasTables(bits, isGrouped) ? Math.Max(row, indices) : row)) + excess;
    }
}
