namespace QuantGen.Quantization;

/// <summary>Says which elements of a row-major matrix share a scale.</summary>
/// <param name="Rows">Rows of the matrix (output neurons, or tokens of an embedding).</param>
/// <param name="Columns">Columns of the matrix (inputs).</param>
/// <param name="GroupCount">Groups of consecutive rows, as Q-BERT counts them; divides the rows. 1 is per tensor, <paramref name="Rows"/> is per
/// channel.</param>
/// <param name="GroupSize">Elements per group along a row, or 0 for whole rows; a row's last group may be shorter. Not together with more than one row
/// group.</param>
internal readonly record struct MatrixGrouping(int Rows, int Columns, int GroupCount = 1, int GroupSize = 0)
{
    /// <summary>Gets how many scales the matrix has.</summary>
    public int Count => GroupSize == 0 ? GroupCount : Rows * GroupsPerRow;

    private int GroupsPerRow => (int)(((long)Columns + GroupSize - 1) / GroupSize);

    /// <summary>Returns where a group lies in the row-major elements.</summary>
    /// <param name="group">Index of the group; with a group size, all groups of row 0 come first.</param>
    public (int Start, int Length) Elements(int group)
    {
        if (GroupSize == 0)
        {
            int length = Rows / GroupCount * Columns;
            return (group * length, length);
        }

        (int row, int within) = Math.DivRem(group, GroupsPerRow);
        int column = within * GroupSize;
        return ((row * Columns) + column, Math.Min(GroupSize, Columns - column));
    }

    /// <summary>Returns the group that an element is in.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="column">Its column.</param>
    public int GroupOf(int row, int column) => GroupSize == 0 ? row / (Rows / GroupCount) : (row * GroupsPerRow) + (column / GroupSize);

    /// <summary>Refuses a grouping that cannot be.</summary>
    /// <exception cref="ArgumentException">A number is out of its range, or group count and group size exclude each other.</exception>
    public void Validate()
    {
        if (Rows < 1 || Columns < 1 || (long)Rows * Columns > Array.MaxLength)
        {
            throw new ArgumentException($"A matrix has 1 to {Array.MaxLength} elements; {Rows} x {Columns} has not.");
        }

        if (GroupCount < 1 || Rows % GroupCount != 0)
        {
            throw new ArgumentException($"The group count {GroupCount} does not divide the {Rows} rows.");
        }

        if (GroupSize < 0 || (GroupSize > 0 && GroupCount > 1))
        {
            throw new ArgumentException($"The group size {GroupSize} does not go with the group count {GroupCount}; one of them splits the matrix.");
        }
    }
}
