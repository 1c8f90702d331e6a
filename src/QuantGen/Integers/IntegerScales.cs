using QuantGen.Graph;
using QuantGen.Kernels;
using QuantGen.Packed;
using QuantGen.Quantization;

namespace QuantGen.Integers;

/// <summary>
/// Which number one unit of each integer of a model stands for: the scales of the file, and those of <see cref="FixedPoint"/> where it has none.
/// </summary>
internal sealed class IntegerScales
{
    private readonly PackedModel _model;
    private readonly Dictionary<string, (double Input, double Output)> _linears = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _magnitudes = new(StringComparer.Ordinal);

    /// <summary>Follows the values of a model.</summary>
    /// <param name="model">A model without floats.</param>
    public IntegerScales(PackedModel model)
    {
        _model = model;
        ModelGraph graph = model.Spec.Graph;
        var values = new Dictionary<string, (double Scale, double Magnitude)>(StringComparer.Ordinal);
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            Node node = graph.Nodes[i];
            (double Scale, double Magnitude) input = node.Inputs.Count > 0 ? values[node.Inputs[0]] : default;
            values[node.Output] = node switch
            {
                EmbeddingNode => (FixedPoint.ScaleOf(FixedPoint.EmbeddingBits), FixedPoint.StateLimit),
                NormNode => (FixedPoint.ScaleOf(FixedPoint.StateBits), FixedPoint.TermLimit),
                LinearNode linear => (OutputScale(linear, i), FixedPoint.TermLimit),
                ActivationNode activation => OfFunction(activation.Function),
                AttentionNode attention => OfContexts(attention),
                _ => input,
            };
            if (node is LinearNode named)
            {
                _linears[named.Name] = (input.Scale, values[node.Output].Scale);
                _magnitudes[named.Name] = input.Magnitude;
            }
        }
    }

    /// <summary>Gets the scale of what a linear layer reads, before it becomes codes.</summary>
    public double InputOf(string linear) => _linears[linear].Input;

    /// <summary>Gets the scale of what a linear layer makes.</summary>
    public double OutputOf(string linear) => _linears[linear].Output;

    /// <summary>Gets the largest magnitude of the integers that a linear layer reads.</summary>
    public double MostInput(string linear) => _magnitudes[linear];

    /// <summary>Gets the range of a place.</summary>
    public ActivationParameters Range(string site) => ActivationParameters.FromScale(
        _model.Floats(site + ".input_scale")[0], _model.Bytes(site + ".input_zero_point")[0], _model.Spec.ActivationBits);

    private (double Scale, double Magnitude) OfContexts(AttentionNode attention)
    {
        double unit = FixedPoint.ScaleOf(FixedPoint.ContextBits);
        return (Range(attention.Operands[2]).Scale * unit, FixedPoint.OperandLimit / unit);
    }

    private double OutputScale(LinearNode linear, int index)
    {
        ModelGraph graph = _model.Spec.Graph;
        if (!linear.IsQuantizable)
        {
            return FixedPoint.ScaleOf(FixedPoint.LogitBits);
        }

        if (LayerNames.Split(linear.Name, out int layer, out _) && OperandOf(graph.Attention(layer), linear) is string operand)
        {
            return Range(operand).Scale;
        }

        bool isArgument = index + 1 < graph.Nodes.Count && graph.Nodes[index + 1] is ActivationNode next && next.Input == linear.Output;
        return FixedPoint.ScaleOf(isArgument ? FixedPoint.ArgumentBits : FixedPoint.StateBits);
    }

    private static string? OperandOf(AttentionNode attention, LinearNode linear) => linear.Output == attention.Query ? attention.Operands[0]
        : linear.Output == attention.Key ? attention.Operands[1]
        : linear.Output == attention.Value ? attention.Operands[2]
        : null;

    private static (double Scale, double Magnitude) OfFunction(HiddenActivation function) => function switch
    {
        HiddenActivation.Relu => (FixedPoint.ScaleOf(FixedPoint.ArgumentBits), FixedPoint.ArgumentLimit),
        HiddenActivation.Tanh => (FixedPoint.ScaleOf(FixedPoint.StateBits), 1 << FixedPoint.StateBits),
        _ => (FixedGelu.OutputScale, int.MaxValue),
    };
}
