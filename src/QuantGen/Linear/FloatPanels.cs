using QuantGen.Lanes;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>The order in which the full-precision kernels read weights: panels of as many outputs as a tile has, inside a panel input after input.</summary>
/// <remarks>
/// A tile reads a panel from end to end, which is what processors foresee. The last panel is as narrow as the outputs left allow, in steps of 16, so that small
/// layers are not padded to 64.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FloatPanels
{
    /// <summary>Gets the outputs of a panel: 64 where registers of 512 bits hold them for several tokens, else 16.</summary>
    public static int Outputs => LanesChoice.Use512 ? PanelPadding.FullPrecisionPanel : PanelPadding.FullPrecisionRows;

    /// <summary>Gets the outputs that a layer is padded to.</summary>
    /// <param name="rows">Outputs.</param>
    public static int PaddedRows(int rows) => PanelPadding.Pad(rows, PanelPadding.FullPrecisionRows);

    /// <summary>Gets the floats that a layer takes.</summary>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    public static int Length(int rows, int columns) => checked(PaddedRows(rows) * columns);

    /// <summary>Gets the number of panels of a layer.</summary>
    /// <param name="rows">Outputs.</param>
    public static int Count(int rows) => (rows + Outputs - 1) / Outputs;

    /// <summary>Rewrites the rows of one panel; panels are independent of each other.</summary>
    /// <param name="weights">[rows, columns].</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="panel">Which panel.</param>
    /// <param name="panels">All panels, <see cref="Length"/> floats.</param>
    public static void Pack(ReadOnlySpan<float> weights, int rows, int columns, int panel, Span<float> panels)
    {
        int first = panel * Outputs;
        int width = Math.Min(Outputs, PaddedRows(rows) - first);
        int count = Math.Min(width, rows - first);
        Transposition.Run(weights.Slice(first * columns, count * columns), count, columns, panels.Slice(first * columns, width * columns), width);
    }
}
