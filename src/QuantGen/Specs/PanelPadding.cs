namespace QuantGen.Specs;

/// <summary>How far matrices are padded in memory, on every machine alike: the generator lays out the arena by it and the loader fills it.</summary>
public static class PanelPadding
{
    /// <summary>Rows of quantized layers are padded to a multiple of this, the largest panel of any kernel.</summary>
    public const int Rows = 32;

    /// <summary>Inputs of quantized layers are padded to a multiple of this, the largest pack of any kernel.</summary>
    public const int Columns = 32;

    /// <summary>Rows of full-precision layers are padded to a multiple of this.</summary>
    public const int FullPrecisionRows = 16;

    /// <summary>Rounds up.</summary>
    /// <param name="count">Not negative.</param>
    /// <param name="multiple">Positive.</param>
    public static int Pad(int count, int multiple) => (count + multiple - 1) / multiple * multiple;

    /// <summary>Gets the bytes that the codes of a matrix take in any kernel's order.</summary>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="bits">Bits of a code.</param>
    public static long CodeBytes(int rows, int columns, int bits) => (long)Pad(rows, Rows) * MatrixSpec.RowBytes(Pad(columns, Columns), bits);
}
