namespace QuantGen.Onnx;

/// <summary>A graph with its values: who makes them, who reads them, and which are constant.</summary>
internal sealed class OnnxGraph
{
    private readonly Dictionary<string, OnnxTensor> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxNode> _makers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<OnnxNode>> _readers = new(StringComparer.Ordinal);

    /// <summary>Takes the parts of a graph, whose nodes must stand in an order in which they can run, as the format demands.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="inputs">Names of its inputs.</param>
    /// <param name="initializers">Its constant tensors.</param>
    /// <param name="nodes">Its nodes.</param>
    /// <exception cref="ModelFormatException">A value is made twice, or read before it is made.</exception>
    public OnnxGraph(string file, IReadOnlyList<string> inputs, IReadOnlyList<OnnxTensor> initializers, IReadOnlyList<OnnxNode> nodes)
    {
        Nodes = nodes;
        foreach (OnnxTensor tensor in initializers)
        {
            AddTensor(file, tensor);
        }

        var known = new HashSet<string>(inputs, StringComparer.Ordinal) { string.Empty };
        known.UnionWith(_tensors.Keys);
        foreach (OnnxNode node in nodes)
        {
            foreach (string input in node.Inputs)
            {
                if (!known.Contains(input))
                {
                    throw new ModelFormatException(file, $"node '{node.Name}'", "inputs that are made before it", $"'{input}'");
                }

                List<OnnxNode> readers = _readers.TryGetValue(input, out List<OnnxNode>? found) ? found : _readers[input] = [];
                readers.Add(node);
            }

            foreach (string output in node.Outputs.Where(output => output.Length > 0))
            {
                _makers[output] = known.Add(output) ? node : throw new ModelFormatException(file, $"node '{node.Name}'", "new outputs", $"'{output}' again");
            }

            if (node is { Operator: "Constant", Domain: "" } && node.Attributes.TryGetValue("value", out OnnxAttribute? value)
                && value.Tensor is OnnxTensor constant)
            {
                AddTensor(file, constant with { Name = node.Outputs[0] });
            }
        }
    }

    /// <summary>Gets the nodes in the order in which they run.</summary>
    public IReadOnlyList<OnnxNode> Nodes { get; }

    /// <summary>Gets all constant tensors.</summary>
    public IReadOnlyCollection<OnnxTensor> Tensors => _tensors.Values;

    /// <summary>Gets the node that makes a value; null for inputs and initializers.</summary>
    public OnnxNode? MakerOf(string value) => _makers.GetValueOrDefault(value);

    /// <summary>Gets the nodes that read a value.</summary>
    public IReadOnlyList<OnnxNode> ReadersOf(string value) => _readers.TryGetValue(value, out List<OnnxNode>? readers) ? readers : [];

    /// <summary>Gets the nodes that read a value or a copy of it, each with the name of what it reads.</summary>
    public IEnumerable<(OnnxNode Node, string Value)> UsesOf(string value)
    {
        var values = new Stack<string>([value]);
        while (values.TryPop(out string? next))
        {
            foreach (OnnxNode reader in ReadersOf(next))
            {
                if (IsCopy(reader))
                {
                    values.Push(reader.Outputs[0]);
                }
                else
                {
                    yield return (reader, next);
                }
            }
        }
    }

    /// <summary>Finds the constant tensor that a value is a copy of, in its order or transposed.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The use; null where the value is computed.</returns>
    public TensorUse? TensorOf(string value)
    {
        const int longest = 64;
        var names = new List<string>();
        bool isTransposed = false;
        while (names.Count < longest)
        {
            names.Add(value);
            if (_tensors.TryGetValue(value, out OnnxTensor? tensor))
            {
                return new TensorUse(tensor, isTransposed, names);
            }

            if (MakerOf(value) is not OnnxNode maker || !(IsCopy(maker) || IsTransposition(maker)))
            {
                return null;
            }

            isTransposed ^= !IsCopy(maker);
            value = maker.Input(0);
        }

        return null;
    }

    // Dropout does nothing outside of training.
    private static bool IsCopy(OnnxNode node) => node.Domain.Length == 0 && node.Operator is "Identity" or "Cast" or "Dropout";

    private static bool IsTransposition(OnnxNode node) =>
        node is { Operator: "Transpose", Domain: "" } && node.Numbers("perm") is [] or [1, 0];

    private void AddTensor(string file, OnnxTensor tensor)
    {
        if (!_tensors.TryAdd(tensor.Name, tensor))
        {
            throw new ModelFormatException(file, $"tensor '{tensor.Name}'", "one of that name", "two");
        }
    }
}

/// <summary>A constant tensor where a node reads it.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="IsTransposed">Whether it is read transposed.</param>
/// <param name="Names">Its names on the way, that of the reader's input first, its own last.</param>
internal sealed record TensorUse(OnnxTensor Tensor, bool IsTransposed, IReadOnlyList<string> Names);
