using System.Globalization;

namespace QuantGen.Onnx;

/// <summary>Reads from a graph what its tensors do not say: heads, activation function, what layer normalization adds to the variance, and the order of
/// positions.</summary>
/// <param name="file">The file, for messages.</param>
/// <param name="graph">The graph.</param>
internal sealed class GraphTraits(string file, OnnxGraph graph)
{
    /// <summary>Finds the number of attention heads.</summary>
    /// <param name="hidden">The width of the hidden states.</param>
    /// <returns>The number; null where the graph does not say it in a form that is known.</returns>
    public int? Heads(int hidden) => Single("attention heads", graph.Nodes.Select(node => HeadsOf(node, hidden)).Where(heads => heads > 0));

    /// <summary>Finds what layer normalization adds to the variance.</summary>
    public double? Epsilon()
    {
        float? epsilon = Single("epsilon of layer normalization", graph.Nodes.Select(EpsilonOf).Where(value => value > 0));

        // The shortest decimal number that is this float: 1E-12 rather than all digits of its binary value.
        return epsilon is float single ? double.Parse(single.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Finds the function after the first feed-forward layers.</summary>
    /// <param name="ends">The nodes that make these layers' outputs.</param>
    public HiddenActivation? Activation(IEnumerable<OnnxNode> ends) =>
        Single("activation functions", ends.Select(end => (HiddenActivation?)ActivationAfter(end)));

    /// <summary>Refuses positions that depend on the tokens, as RoBERTa's do: its tensors have the names of a BERT.</summary>
    /// <param name="positions">The position embedding.</param>
    public void RequirePlainPositions(OnnxTensor positions)
    {
        foreach (OnnxNode node in graph.Nodes)
        {
            string? indices = node.Operator switch
            {
                "Gather" when graph.TensorOf(node.Input(0)) is TensorUse use && ReferenceEquals(use.Tensor, positions) => node.Input(1),
                "EmbedLayerNormalization" => node.Input(8),
                _ => null,
            };
            if (indices is not null && Ancestors(indices).FirstOrDefault(before => before.Operator is "CumSum") is OnnxNode sum)
            {
                throw new ModelFormatException(
                    file, $"node '{sum.Name}' ({sum.Operator})", "positions 0, 1, 2 and so on", "positions that count tokens, as RoBERTa's");
            }
        }
    }

    private T? Single<T>(string what, IEnumerable<T?> values)
        where T : struct
    {
        T?[] distinct = [.. values.Distinct().Take(2)];
        return distinct.Length < 2
            ? distinct.FirstOrDefault()
            : throw new ModelFormatException(
                file, what, "the same everywhere", string.Create(CultureInfo.InvariantCulture, $"{distinct[0]} and {distinct[1]}"));
    }

    private int? HeadsOf(OnnxNode node, int hidden)
    {
        switch (node.Operator)
        {
            case "Attention" or "MultiHeadAttention":
                return (int)Math.Clamp(node.Number(node.Domain.Length > 0 ? "num_heads" : "q_num_heads", 0), 0, int.MaxValue);
            case "Reshape" when ShapeOf(node.Input(1)) is [_, _, long heads, long size]:
                heads = heads == -1 && size > 0 ? hidden / size : heads;
                size = size == -1 && heads > 0 ? hidden / heads : size;
                return heads > 0 && size > 0 && heads <= hidden && size <= hidden && heads * size == hidden ? (int)heads : null;
            default:
                return null;
        }
    }

    // The parts of a shape; 0 for one that is computed. Exporters put shapes together from single numbers.
    private List<long>? ShapeOf(string value)
    {
        if (graph.TensorOf(value)?.Tensor.Integers() is long[] constant)
        {
            return [.. constant];
        }

        return graph.MakerOf(value) is { Operator: "Concat" } concat
            ? [.. concat.Inputs.SelectMany(input => graph.TensorOf(input)?.Tensor.Integers() ?? [0])]
            : null;
    }

    private float? EpsilonOf(OnnxNode node) => node.Operator switch
    {
        "LayerNormalization" => node.Real("epsilon", 1e-5f),
        "SkipLayerNormalization" or "EmbedLayerNormalization" => node.Real("epsilon", 1e-12f),
        "Sqrt" when graph.MakerOf(node.Input(0)) is { Operator: "Add" } sum =>
            graph.TensorOf(sum.Input(0))?.Tensor.Scalar() ?? graph.TensorOf(sum.Input(1))?.Tensor.Scalar(),
        _ => null,
    };

    private HiddenActivation ActivationAfter(OnnxNode end)
    {
        // All steps up to the next product; what is not one of these few functions of a number is none that can be generated.
        List<OnnxNode> steps = [.. UntilProduct(end)];
        OnnxNode? Step(params string[] names) => steps.Find(step => names.Contains(step.Operator));
        if (Step("Erf", "BiasGelu") is not null || Step("Gelu")?.Text("approximate", "none") == "none")
        {
            return HiddenActivation.Gelu;
        }

        if (Step("FastGelu", "Gelu") is not null)
        {
            return HiddenActivation.GeluNew;
        }

        if (Step("QuickGelu") is OnnxNode quick)
        {
            return Quick(quick.Real("alpha", 1.702f));
        }

        if (Step("Tanh") is not null)
        {
            return Step("Mul") is null ? HiddenActivation.Tanh : HiddenActivation.GeluNew;
        }

        if (Step("Sigmoid") is not null)
        {
            return Quick(steps.Where(step => step.Operator == "Mul").SelectMany(step => step.Inputs)
                .Select(input => graph.TensorOf(input)?.Tensor.Scalar()).FirstOrDefault(factor => factor is not null) ?? 1);
        }

        return Step("Relu") is not null
            ? HiddenActivation.Relu
            : throw new ModelFormatException(
                file, $"node '{end.Name}' ({end.Operator})", $"one of {ActivationNames.All} after it",
                string.Join(", ", steps.Select(step => step.Operator).Distinct().Take(8)));
    }

    private static HiddenActivation Quick(float factor) => Math.Abs(factor - 1) < 1e-6f ? HiddenActivation.Silu : HiddenActivation.QuickGelu;

    private HashSet<OnnxNode> UntilProduct(OnnxNode end)
    {
        var steps = new HashSet<OnnxNode>(ReferenceEqualityComparer.Instance);
        if (end.Operator is "BiasGelu" or "FastGelu")
        {
            steps.Add(end);
            return steps;
        }

        var open = new Stack<OnnxNode>([end]);
        while (open.TryPop(out OnnxNode? node))
        {
            foreach (OnnxNode reader in node.Outputs.SelectMany(graph.ReadersOf))
            {
                if (!EncoderOperators.IsProduct(reader) && steps.Add(reader))
                {
                    open.Push(reader);
                }
            }
        }

        return steps;
    }

    private IEnumerable<OnnxNode> Ancestors(string value)
    {
        var seen = new HashSet<OnnxNode>(ReferenceEqualityComparer.Instance);
        var open = new Stack<string>([value]);
        while (open.TryPop(out string? next))
        {
            if (graph.MakerOf(next) is OnnxNode maker && seen.Add(maker))
            {
                yield return maker;
                foreach (string input in maker.Inputs)
                {
                    open.Push(input);
                }
            }
        }
    }
}
