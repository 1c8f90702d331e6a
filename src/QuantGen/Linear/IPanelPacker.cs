namespace QuantGen.Linear;

/// <summary>Rewrites rows of codes from the file's order into the panels of a kernel's. Several threads may use one packer.</summary>
internal interface IPanelPacker
{
    /// <summary>Gets the rows of a panel.</summary>
    int PanelOutputs { get; }

    /// <summary>Gets the bytes of a panel.</summary>
    int PanelBytes { get; }

    /// <summary>Fills a panel.</summary>
    /// <param name="rows">Rows as the file has them; the last panel of a matrix may have fewer than others.</param>
    /// <param name="panel">Receives <see cref="PanelBytes"/>; places of missing rows stay as they are.</param>
    void Pack(ReadOnlySpan<byte> rows, Span<byte> panel);
}
