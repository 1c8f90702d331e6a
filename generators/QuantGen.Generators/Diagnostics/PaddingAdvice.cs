using QuantGen.Specs;

namespace QuantGen.Generators.Diagnostics;

/// <summary>Tells how much of a legal model's work is spent on padding.</summary>
internal static class PaddingAdvice
{
    // Less is lost in the noise of a machine.
    private const int WorthTellingPercent = 5;

    /// <summary>Says what padding costs; null when it is little.</summary>
    public static string? For(string className, ModelSpec model)
    {
        long real = 0;
        long padded = 0;
        MatrixSpec? worst = null;
        long worstWaste = 0;
        foreach (MatrixSpec matrix in model.Matrices.Where(m => m.HasIntegerProduct))
        {
            long products = (long)matrix.Rows * matrix.Columns;
            long computed = matrix.Segments().Sum(s =>
                (long)PanelPadding.Pad(s.Rows, PanelPadding.Rows) * PanelPadding.Pad(matrix.Columns, PanelPadding.Columns));
            real += products;
            padded += computed;
            if (computed - products > worstWaste)
            {
                worst = matrix;
                worstWaste = computed - products;
            }
        }

        if (worst is null || (padded - real) * 100 < padded * WorthTellingPercent)
        {
            return null;
        }

        string size = worst.IsMixed ? $"{worst.Rows} x {worst.Columns} in {worst.Segments().Count} runs of equal bits" : $"{worst.Rows} x {worst.Columns}";
        long share = (padded - real) * 100 / padded;
        return FormattableString.Invariant(
            $"Class '{className}' spends {share}% of its products on padding, most of it in '{worst.Name}' ({size}); use multiples of {PanelPadding.Rows}");
    }
}
