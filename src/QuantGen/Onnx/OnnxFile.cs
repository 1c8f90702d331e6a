using System.Globalization;
using QuantGen.Files;

namespace QuantGen.Onnx;

/// <summary>Reads an ONNX model: the nodes and constant tensors of its graph. Other messages are skipped, graphs inside of nodes among them.</summary>
/// <remarks>The model stays mapped, and tensors are read from it when they are asked for.</remarks>
internal sealed class OnnxFile : IDisposable
{
    private const int MaxItems = 1 << 17;
    private readonly FileBytes _bytes;
    private readonly OnnxTensorReader _tensorReader;
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<OnnxTensor> _initializers = [];
    private readonly List<string> _inputs = [];

    private OnnxFile(string name, FileBytes bytes)
    {
        Name = name;
        _bytes = bytes;
        _tensorReader = new OnnxTensorReader(name, bytes);
        try
        {
            if (bytes.Length > int.MaxValue)
            {
                throw new ModelFormatException(name, string.Empty, $"at most {int.MaxValue} bytes", $"{bytes.Length}");
            }

            ReadModel(new ProtobufReader(name, bytes.Slice(0, (int)bytes.Length), 0));
            Graph = new OnnxGraph(name, _inputs, _initializers, _nodes);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Gets the path the model was opened under.</summary>
    public string Name { get; }

    /// <summary>Gets the graph.</summary>
    public OnnxGraph Graph { get; }

    /// <summary>Opens a model on disk, and the files beside it that hold its tensors.</summary>
    /// <param name="path">The file to map.</param>
    /// <exception cref="ModelFormatException">The file is no ONNX model.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static OnnxFile Open(string path) => new(Path.GetFullPath(path), new FileBytes(path));

    /// <summary>Reads a model that is in memory.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    public static OnnxFile Read(ReadOnlyMemory<byte> bytes, string name) => new(name, new FileBytes(bytes));

    /// <summary>Closes all files.</summary>
    public void Dispose()
    {
        _tensorReader.Dispose();
        _bytes.Dispose();
    }

    private void ReadModel(ProtobufReader reader)
    {
        bool hasGraph = false;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 7:
                    hasGraph = hasGraph ? throw Defect("graph", "one", "two") : true;
                    ReadGraph(reader.Message());
                    break;
                case 25:
                    throw Defect("functions", "a graph of operators alone (inline its functions first)", "some");
            }
        }

        if (!hasGraph)
        {
            throw Defect(string.Empty, "an ONNX model with a graph", "none");
        }
    }

    private void ReadGraph(ProtobufReader reader)
    {
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    _nodes.Add(ReadNode(reader.Message()));
                    break;
                case 5:
                    _initializers.Add(_tensorReader.Read(reader.Message()));
                    break;
                case 11:
                    _inputs.Add(ReadName(reader.Message()));
                    break;
                case 15:
                    throw Defect("graph", "dense tensors", "sparse ones");
            }

            if (Math.Max(Math.Max(_nodes.Count, _initializers.Count), _inputs.Count) > MaxItems)
            {
                throw Defect("graph", string.Create(CultureInfo.InvariantCulture, $"at most {MaxItems} nodes, tensors and inputs"), "more");
            }
        }
    }

    private static string ReadName(ProtobufReader reader)
    {
        string name = string.Empty;
        while (reader.Next())
        {
            name = reader.Field == 1 ? reader.Text() : name;
        }

        return name;
    }

    private OnnxNode ReadNode(ProtobufReader reader)
    {
        var inputs = new List<string>();
        var outputs = new List<string>();
        var attributes = new Dictionary<string, OnnxAttribute>(StringComparer.Ordinal);
        (string name, string kind, string domain) = (string.Empty, string.Empty, string.Empty);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: inputs.Add(reader.Text()); break;
                case 2: outputs.Add(reader.Text()); break;
                case 3: name = reader.Text(); break;
                case 4: kind = reader.Text(); break;
                case 5: ReadAttribute(reader.Message(), attributes); break;
                case 7: domain = reader.Text(); break;
            }
        }

        return outputs.Count > 0 && kind.Length > 0
            ? new OnnxNode(name.Length > 0 ? name : outputs[0], kind, domain == "ai.onnx" ? string.Empty : domain, inputs, outputs, attributes)
            : throw Defect($"node '{name}'", "an operator and its outputs", "none");
    }

    private void ReadAttribute(ProtobufReader reader, Dictionary<string, OnnxAttribute> attributes)
    {
        var attribute = new OnnxAttribute();
        string name = string.Empty;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.Text(); break;
                case 2: attribute.Real = reader.Real(); break;
                case 3: attribute.Number = reader.Number(); break;
                case 4: attribute.Text = reader.Bytes().Length <= ProtobufReader.MaxText ? reader.Text() : string.Empty; break;
                case 5: attribute.Tensor = _tensorReader.Read(reader.Message()); break;
                case 8: reader.AddNumbers(attribute.Numbers, MaxItems); break;
            }
        }

        attributes[name] = attribute;
    }

    private ModelFormatException Defect(string place, string expected, string found) => new(Name, place, expected, found);
}
