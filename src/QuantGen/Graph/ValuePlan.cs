namespace QuantGen.Graph;

/// <summary>
/// Which values of a forward pass need memory, and how long. Steps that work on numbers one by one, and normalization without a residual, leave their
/// result in the place of what they read; query, key and value stand side by side, and the contexts take the place of the queries.
/// </summary>
internal sealed class ValuePlan
{
    private readonly Dictionary<string, string> _place = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int First, int Last)> _life = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);

    /// <summary>The place of query, key and value.</summary>
    public const string Projected = "projected";

    /// <summary>Follows the values of one layer, with what comes before and behind it.</summary>
    /// <param name="graph">The model.</param>
    public ValuePlan(ModelGraph graph)
    {
        Node[] steps = graph.Embedding.Concat(graph.Layers[graph.Layers.Count - 1]).Concat(graph.Head).ToArray();
        Steps = steps.Length;
        for (int i = 0; i < steps.Length; i++)
        {
            foreach (string input in steps[i].Inputs)
            {
                Touch(PlaceOf(input), i, 0);
            }

            string place = IsInPlace(steps[i]) ? PlaceOf(steps[i].Inputs[0])
                : steps[i] is AttentionNode || steps[i].Output is Values.Query or Values.Key or Values.Value ? Projected : steps[i].Output;
            _place[steps[i].Output] = place;
            Touch(place, i, steps[i].Columns);
        }
    }

    /// <summary>Gets the number of steps that lives are counted in.</summary>
    public int Steps { get; }

    /// <summary>Gets the place of a value: the name of the value that was there first.</summary>
    /// <param name="value">The value.</param>
    public string PlaceOf(string value) => _place.TryGetValue(value, out string? place) ? place : value;

    /// <summary>Gets the first and last step that touches a place.</summary>
    /// <param name="place">The place.</param>
    public (int First, int Last) LifeOf(string place) => _life[place];

    /// <summary>Gets the numbers of a place per row.</summary>
    /// <param name="place">The place.</param>
    public int ColumnsOf(string place) => _columns[place];

    /// <summary>Gets all places, in the order in which they are first touched.</summary>
    public IEnumerable<string> Places => _life.Keys;

    /// <summary>Gets whether a step's result takes the place of what it reads.</summary>
    /// <param name="step">The step.</param>
    public static bool IsInPlace(Node step) => step is ActivationNode or DropoutNode or RowsNode || (step is NormNode { Residual: null });

    private void Touch(string place, int step, int columns)
    {
        _life[place] = _life.TryGetValue(place, out (int First, int Last) life) ? (life.First, step) : (step, step);
        _columns[place] = Math.Max(columns, _columns.TryGetValue(place, out int known) ? known : 0);
    }
}
