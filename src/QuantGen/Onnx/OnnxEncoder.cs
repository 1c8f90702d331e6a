using QuantGen.Architectures;
using QuantGen.Checkpoints;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Onnx;

/// <summary>The encoder that a graph was exported from: its dimensions, its head and its tensors, as a checkpoint has them.</summary>
internal sealed class OnnxEncoder
{
    private readonly string _file;
    private readonly EncoderWeights _weights;

    private OnnxEncoder(string file, EncoderWeights weights, ModelConfig config)
    {
        (_file, _weights, Config) = (file, weights, config);
    }

    /// <summary>Gets the dimensions, the head among them.</summary>
    public ModelConfig Config { get; }

    /// <summary>Finds the encoder of a graph.</summary>
    /// <param name="file">The model; stays open while tensors are written.</param>
    /// <param name="known">What its <c>config.json</c> says; null to find all of it in the graph.</param>
    /// <exception cref="ModelFormatException">The graph is no encoder of a known family in floats, or another than the configuration says.</exception>
    public static OnnxEncoder Find(OnnxFile file, ModelConfig? known)
    {
        EncoderOperators.Require(file.Name, file.Graph);
        EncoderNames names = EncoderNames.Find(file.Name, file.Graph, known is null ? null : ModelFamilies.Of(known.Architecture));
        var weights = new EncoderWeights(file.Name, file.Graph, names);
        ModelConfig config = new EncoderDimensions(file, names.Family, weights).Config(known);
        if (known is null && ModelConfigReader.Read(ModelConfigWriter.Write(config), file.Name, []) is var read && read != config)
        {
            throw new ModelFormatException(
                file.Name, "graph", $"dimensions that a {names.Family.Name} can have", read is null ? "others" : EncoderDimensions.Difference(read, config));
        }

        return new OnnxEncoder(file.Name, weights, config);
    }

    /// <summary>Gets the number of tensors.</summary>
    public int TensorCount => _weights.Found.Count;

    /// <summary>Requires exactly the tensors of a model, apart from known ones that it may leave unused.</summary>
    /// <param name="spec">The model.</param>
    /// <exception cref="ModelFormatException">Tensors are missing, unexpected or of another shape; the message lists them.</exception>
    public void RequireTensorsOf(ModelSpec spec)
    {
        var differences = new TensorDifferences();
        var expected = PackedLayout.Checkpoint(spec).ToDictionary(tensor => tensor.Name, tensor => tensor.Shape.ToArray(), StringComparer.Ordinal);
        foreach ((string name, int[] shape) in expected)
        {
            if (!_weights.Found.TryGetValue(name, out WeightView? view))
            {
                differences.AddMissing(name);
            }
            else if (!view.Shape.SequenceEqual(shape))
            {
                differences.AddMismatch(name, SafetensorsTensor.ShapeText(view.Shape), SafetensorsTensor.ShapeText(shape));
            }
        }

        ModelFamily family = ModelFamilies.Of(Config.Architecture);
        foreach (string name in _weights.Found.Keys.Where(name => !expected.ContainsKey(name) && !family.Names.IsIgnorable(name)))
        {
            differences.AddUnexpected(name);
        }

        differences.ThrowIfAny(_file, expected.Count);
    }

    /// <summary>Adds the tensors to a file, under the names that the family's checkpoints have. They are read when the file is written.</summary>
    /// <param name="writer">The file.</param>
    public void AddTo(SafetensorsWriter writer)
    {
        ModelFamily family = ModelFamilies.Of(Config.Architecture);
        foreach ((string name, WeightView view) in _weights.Found.OrderBy(tensor => tensor.Key, StringComparer.Ordinal))
        {
            string source = family.SourceName(name, hasHead: Config.Head != BertHead.Encoder);
            writer.Add(source, view.DType, view.Shape, [new TensorPart(checked((int)view.Length), view.CopyTo)]);
        }
    }
}
