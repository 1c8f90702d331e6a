namespace QuantGen.Training.Data;

/// <summary>Which columns of a table are texts and labels, and what labels are.</summary>
public sealed record TableOptions
{
    /// <summary>Gets the column of the text; null, the default, for one of the usual names.</summary>
    public string? TextColumn { get; init; }

    /// <summary>Gets the column of the second text of a pair; null, the default, for one of the usual names, or none where the text's column is
    /// named.</summary>
    public string? PairColumn { get; init; }

    /// <summary>
    /// Gets the columns of the labels; none, the default, for one of the usual names. Several ones are labels of that name which hold (1) or not (0).
    /// </summary>
    public IReadOnlyList<string> LabelColumns { get; init; } = [];

    /// <summary>Gets whether a row may have any number of labels, separated by commas. Default false.</summary>
    public bool HasManyLabels { get; init; }

    /// <summary>Gets whether labels are left alone, whatever they are. Default false.</summary>
    public bool LeavesLabels { get; init; }

    internal bool NamesColumns => TextColumn is not null || PairColumn is not null || LabelColumns.Count > 0;
}
