using System.Runtime.CompilerServices;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>A linear layer whose weights are labels of a codebook, in the order of <see cref="CodebookPanels"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct PlacedCodebook
{
    /// <summary>Labels, panel after panel.</summary>
    public readonly ref uint Words;

    /// <summary>The codebook, repeated up to <see cref="PanelPadding.CodebookTable"/> numbers.</summary>
    public readonly ref float Table;

    /// <summary>Bias of each row, padded like the rows.</summary>
    public readonly ref float Bias;

    /// <summary>Number of outputs.</summary>
    public readonly int Rows;

    /// <summary>Number of inputs.</summary>
    public readonly int Columns;

    /// <summary>Groups the parts of a layer.</summary>
    /// <param name="words">First word.</param>
    /// <param name="table">First number of the codebook.</param>
    /// <param name="bias">First bias.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PlacedCodebook(ref uint words, ref float table, ref float bias, int rows, int columns)
    {
        Words = ref words;
        Table = ref table;
        Bias = ref bias;
        Rows = rows;
        Columns = columns;
    }
}
