using Google.Protobuf;

namespace QuantGen.Peers.Onnx;

/// <summary>Collects the nodes and constants of an ONNX graph and encodes them as a model. Constants are not copied before that.</summary>
internal sealed class GraphWriter
{
    private const int FormatVersion = 8;
    private const int OperatorSet = 17;
    private const string Contributed = "com.microsoft";

    // Field numbers of GraphProto.
    private const int NodeField = 1, TensorField = 5, InputField = 11, OutputField = 12;

    // Values of TensorProto.DataType.
    private const int Float = 1, Int32 = 6;
    private static readonly Dictionary<Type, int> s_dataTypes = new()
    {
        [typeof(float)] = Float, [typeof(byte)] = 2, [typeof(sbyte)] = 3, [typeof(int)] = Int32, [typeof(long)] = 7,
    };

    // Operators that ONNX Runtime adds to the standard.
    private static readonly HashSet<string> s_contributed =
    [
        "Attention", "BiasGelu", "DynamicQuantizeMatMul", "EmbedLayerNormalization", "Gelu", "MatMulNBits", "MultiHeadAttention", "QAttention",
        "SkipLayerNormalization",
    ];

    private readonly List<(int Field, byte[] Message)> _parts = [];
    private readonly Dictionary<string, (byte[] Head, Array Values)> _constants = [];
    private int _values;

    /// <summary>Adds an input of whole numbers.</summary>
    /// <param name="name">Its name, which it is referred to by.</param>
    /// <param name="dimensions">Numbers, or texts for what only a call knows.</param>
    public string Input(string name, params object[] dimensions)
    {
        _parts.Add((InputField, ValueInfo(name, Int32, dimensions)));
        return name;
    }

    /// <summary>Names a value of floats as an output.</summary>
    public void Output(string name, string value, params object[] dimensions)
    {
        AddNode("Identity", [value], [name], []);
        _parts.Add((OutputField, ValueInfo(name, Float, dimensions)));
    }

    /// <summary>Adds a constant. A name can be used again, for the same values.</summary>
    /// <typeparam name="T">A type of numbers that graphs here have.</typeparam>
    public string Constant<T>(string name, int[] dimensions, T[] values)
        where T : unmanaged
    {
        _constants.TryAdd(name, (Head(name, dimensions, s_dataTypes[typeof(T)], Buffer.ByteLength(values)), values));
        return name;
    }

    /// <summary>Adds a node with one output.</summary>
    /// <param name="kind">Its operator.</param>
    /// <param name="inputs">What it reads; null for what is left out.</param>
    /// <param name="attributes">Whole numbers, floats and lists of whole numbers by name.</param>
    /// <returns>The name of the output.</returns>
    public string Node(string kind, IReadOnlyList<string?> inputs, params (string Name, object Value)[] attributes) => Nodes(kind, 1, inputs, attributes)[0];

    /// <summary>Adds a node with any number of outputs.</summary>
    public string[] Nodes(string kind, int outputs, IReadOnlyList<string?> inputs, params (string Name, object Value)[] attributes)
    {
        string[] names = [.. Enumerable.Range(_values, outputs).Select(value => FormattableString.Invariant($"v{value}"))];
        _values += outputs;
        AddNode(kind, inputs, names, attributes);
        return names;
    }

    /// <summary>Encodes the model.</summary>
    /// <exception cref="OverflowException">It has two gigabytes or more, which the format does not provide for.</exception>
    public byte[] Encode()
    {
        byte[] parts = MessageFields.Message(output =>
        {
            foreach ((int field, byte[] message) in _parts)
            {
                output.Nested(field, message);
            }

            output.Text(2, "bert");
        });
        int length = checked(parts.Length + (int)_constants.Values.Sum(constant => (long)constant.Head.Length + Buffer.ByteLength(constant.Values)));
        byte[] start = MessageFields.Message(output =>
        {
            output.Number(1, FormatVersion);
            output.Nested(8, set => set.Number(2, OperatorSet));
            output.Nested(8, set =>
            {
                set.Text(1, Contributed);
                set.Number(2, 1);
            });
            output.Begin(7, length);
        });
        byte[] model = GC.AllocateUninitializedArray<byte>(checked(start.Length + length));
        int at = 0;
        void Append(Array values)
        {
            int bytes = Buffer.ByteLength(values);
            Buffer.BlockCopy(values, 0, model, at, bytes);
            at += bytes;
        }

        Append(start);
        Append(parts);
        foreach ((byte[] head, Array values) in _constants.Values)
        {
            Append(head);
            Append(values);
        }

        return model;
    }

    // The bytes of a tensor's field before its values, which are the last of it.
    private static byte[] Head(string name, int[] dimensions, int dataType, int bytes)
    {
        byte[] description = MessageFields.Message(tensor =>
        {
            foreach (int dimension in dimensions)
            {
                tensor.Number(1, dimension);
            }

            tensor.Number(2, dataType);
            tensor.Text(8, name);
            tensor.Begin(9, bytes);
        });
        return [.. MessageFields.Message(output => output.Begin(TensorField, description.Length + bytes)), .. description];
    }

    private static byte[] ValueInfo(string name, int elementType, object[] dimensions) => MessageFields.Message(info =>
    {
        info.Text(1, name);
        info.Nested(2, type => type.Nested(1, tensor =>
        {
            tensor.Number(1, elementType);
            tensor.Nested(2, shape =>
            {
                foreach (object dimension in dimensions)
                {
                    shape.Nested(1, size => WriteDimension(size, dimension));
                }
            });
        }));
    });

    private static void WriteDimension(CodedOutputStream output, object dimension)
    {
        if (dimension is string parameter)
        {
            output.Text(2, parameter);
        }
        else
        {
            output.Number(1, (int)dimension);
        }
    }

    private void AddNode(string kind, IReadOnlyList<string?> inputs, string[] outputs, (string Name, object Value)[] attributes) =>
        _parts.Add((NodeField, MessageFields.Message(node =>
        {
            foreach (string? input in inputs)
            {
                node.Text(1, input ?? string.Empty);
            }

            foreach (string output in outputs)
            {
                node.Text(2, output);
            }

            node.Text(3, $"{kind}.{outputs[0]}");
            node.Text(4, kind);
            foreach ((string name, object value) in attributes)
            {
                node.Nested(5, attribute => WriteAttribute(attribute, name, value));
            }

            node.Text(7, s_contributed.Contains(kind) ? Contributed : string.Empty);
        })));

    private static void WriteAttribute(CodedOutputStream output, string name, object value)
    {
        // Values of AttributeProto.AttributeType.
        const int Real = 1, Whole = 2, Wholes = 7;
        output.Text(1, name);
        switch (value)
        {
            case float real:
                output.Real(2, real);
                output.Number(20, Real);
                break;
            case int[] numbers:
                foreach (int number in numbers)
                {
                    output.Number(8, number);
                }

                output.Number(20, Wholes);
                break;
            default:
                output.Number(3, (int)value);
                output.Number(20, Whole);
                break;
        }
    }
}
