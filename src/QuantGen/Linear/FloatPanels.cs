using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>The order in which the full-precision kernels read weights: panels of 64 outputs, inside a panel input after input.</summary>
/// <remarks>The last panel is as narrow as the outputs left allow, in steps of 16, so that small layers are not padded to 64.</remarks>
public static class FloatPanels
{
    /// <summary>Outputs of a panel.</summary>
    public const int Outputs = 64;

    /// <summary>Gets the outputs that a layer is padded to.</summary>
    /// <param name="rows">Outputs.</param>
    public static int PaddedRows(int rows) => PanelPadding.Pad(rows, PanelPadding.FullPrecisionRows);

    /// <summary>Gets the floats that a layer takes.</summary>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    public static int Length(int rows, int columns) => checked(PaddedRows(rows) * columns);

    /// <summary>Rewrites a row-major matrix.</summary>
    /// <param name="weights">[rows, columns].</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="panels">Receives <see cref="Length"/> floats.</param>
    public static void Pack(ReadOnlySpan<float> weights, int rows, int columns, Span<float> panels)
    {
        int padded = PaddedRows(rows);
        for (int first = 0; first < padded; first += Outputs)
        {
            int width = Math.Min(Outputs, padded - first);
            Span<float> panel = panels.Slice(first * columns, width * columns);
            for (int r = 0; r < Math.Min(width, rows - first); r++)
            {
                ReadOnlySpan<float> row = weights.Slice((first + r) * columns, columns);
                for (int k = 0; k < columns; k++)
                {
                    panel[(k * width) + r] = row[k];
                }
            }
        }
    }
}
