namespace QuantGen.Trainable;

/// <summary>Rows of activations of the batch in hand: its tokens, or those that a head computes outputs for.</summary>
/// <remarks>
/// Sums over rows are made of groups, which are added up in their order. A group is at most <see cref="TrainingPass.TokensPerItem"/> rows of one sequence:
/// it depends neither on threads nor on which sequences stand before, so that a batch which is run in parts has the groups, and the sums, of the whole one.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PassRows
{
    private readonly List<int> _starts = [];

    internal PassRows()
    {
    }

    /// <summary>Gets the number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the rows of the parts of a batch that were run before.</summary>
    internal int Before { get; private set; }

    /// <summary>Gets the number of groups.</summary>
    internal int Groups => _starts.Count;

    /// <summary>Gets the first row of a group, and how many it has.</summary>
    internal (int First, int Count) Group(int group) => (_starts[group], (group + 1 < _starts.Count ? _starts[group + 1] : Count) - _starts[group]);

    /// <summary>Begins with no rows.</summary>
    internal void Begin(int before)
    {
        _starts.Clear();
        Count = 0;
        Before = before;
    }

    /// <summary>Adds the rows of the next sequence.</summary>
    internal void Add(int rows)
    {
        for (int first = 0; first < rows; first += TrainingPass.TokensPerItem)
        {
            _starts.Add(Count + first);
        }

        Count += rows;
    }
}
